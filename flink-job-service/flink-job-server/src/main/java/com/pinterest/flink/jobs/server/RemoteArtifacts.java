// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.pinterest.flink.jobs.server.Artifacts.BadArtifactException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Brings job jars from web servers, and from the file systems of Flink. The service asks no other
 * web servers than those that its administrator has allowed, and does not follow them to others. Of
 * a file that is not the jar which the caller knows already, only its digest is told. Thread-safe.
 */
final class RemoteArtifacts {

    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final Duration COPY = Duration.ofMinutes(10);

    private final Artifacts artifacts;
    private final Set<String> hosts;
    private final Optional<Driver> driver;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT).followRedirects(Redirect.NEVER).build();

    /**
     * @param hosts as HOST for the usual ports, or HOST:PORT
     * @param driver has the file systems; empty if the service does not run in a distribution
     */
    RemoteArtifacts(Artifacts artifacts, Set<String> hosts, Optional<Driver> driver) {
        this.artifacts = artifacts;
        this.hosts = Set.copyOf(hosts);
        this.driver = driver;
    }

    /** Whether it is an address, but not of an artifact of the service or a file of its host. */
    static boolean isRemote(String address) {
        return address.matches("(?!artifact:|file:)[a-z][a-z0-9+.-]*://.*");
    }

    /**
     * Stores the jar at an address.
     *
     * @return its size in bytes
     * @throws Problem if the address is not allowed, or does not have this jar
     */
    long fetch(String address, String sha256) throws InterruptedException {
        return address.matches("https?://.*")
                ? download(address, sha256)
                : copy(address.replaceFirst("#.*", ""), sha256);
    }

    private long copy(String file, String sha256) {
        Driver files =
                driver.orElseThrow(
                        () -> bad("the service does not run in a distribution of Flink: " + file));
        try {
            Path copy = artifacts.newPart();
            try {
                List<byte[]> arguments =
                        Stream.of(file, copy.toString(), Long.toString(artifacts.maxBytes() + 1))
                                .map(text -> text.getBytes(UTF_8))
                                .toList();
                if (files.await(files.ask("COPY", arguments), COPY).isEmpty()) {
                    throw bad("there is no file " + file);
                }
                try (InputStream in = Files.newInputStream(copy)) {
                    return artifacts.put(sha256, in);
                }
            } finally {
                Files.deleteIfExists(copy);
            }
        } catch (BadArtifactException | IOException e) {
            throw bad(file + ": " + e.getMessage());
        }
    }

    private long download(String address, String sha256) throws InterruptedException {
        URI uri = allowed(address);
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(ANSWER).build();
        try {
            HttpResponse<InputStream> answer = http.send(request, BodyHandlers.ofInputStream());
            try (InputStream in = answer.body()) {
                if (answer.statusCode() != 200) {
                    throw bad(uri + " answers with status " + answer.statusCode());
                }
                return artifacts.put(sha256, in);
            }
        } catch (BadArtifactException | IOException e) {
            throw bad(uri + ": " + e.getMessage());
        }
    }

    private URI allowed(String address) {
        URI uri;
        try {
            uri = URI.create(address.replaceFirst("#.*", ""));
        } catch (IllegalArgumentException e) {
            throw bad("not an address: " + address);
        }
        String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
        boolean isUsualPort =
                uri.getPort() == -1
                        || uri.getPort() == (uri.getScheme().equals("https") ? 443 : 80);
        boolean isAllowed =
                isUsualPort ? hosts.contains(host) : hosts.contains(host + ":" + uri.getPort());
        if (uri.getHost() == null || uri.getRawUserInfo() != null || !isAllowed) {
            throw Problem.of(
                    422,
                    "artifact-address",
                    "the service may not get artifacts from "
                            + host
                            + (isUsualPort ? "" : ":" + uri.getPort())
                            + "; it is started with --artifact-hosts "
                            + String.join(",", hosts.stream().sorted().toList()));
        }
        return uri;
    }

    private static Problem bad(String detail) {
        return Problem.of(422, "bad-artifact", detail);
    }
}
