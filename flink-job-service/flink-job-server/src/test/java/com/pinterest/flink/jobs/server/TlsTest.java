// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.jobs.protocol.Timing;
import com.pinterest.flink.jobs.store.JobDatabase;
import com.pinterest.flink.jobs.store.Rows.ClusterEntry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections to the service and to clusters, with certificates that keytool has made. */
final class TlsTest {

    private static final String PASSWORD = "password";

    /** Keys of the service, of a cluster and of someone else; and stores that trust one of them. */
    @TempDir private static Path keys;

    @TempDir private Path data;

    @BeforeAll
    static void makeCertificates() throws Exception {
        for (String name : List.of("service", "cluster", "other")) {
            keytool(
                    "-genkeypair",
                    "-alias",
                    name,
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=" + name,
                    "-ext",
                    "SAN=dns:localhost,ip:127.0.0.1",
                    "-keystore",
                    name + ".p12");
            keytool(
                    "-exportcert",
                    "-alias",
                    name,
                    "-keystore",
                    name + ".p12",
                    "-file",
                    name + ".c");
            keytool(
                    "-importcert",
                    "-noprompt",
                    "-alias",
                    name,
                    "-file",
                    name + ".c",
                    "-keystore",
                    "trusts-" + name + ".p12");
        }
    }

    private static void keytool(String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storepass", PASSWORD));
        Process process =
                new ProcessBuilder(command)
                        .directory(keys.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    /** Writes tls.properties, as NAME, STORE, NAME, STORE. */
    private static Path configure(Path directory, String... stores) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < stores.length; i += 2) {
            text.append(stores[i]).append('=').append(keys.resolve(stores[i + 1])).append('\n');
            text.append(stores[i]).append("-password=").append(PASSWORD).append('\n');
        }
        Path file = directory.resolve(Tls.FILE);
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    private JobServer serve() throws IOException {
        return JobServer.start(
                new JobServer.Settings(
                        data,
                        "localhost",
                        0,
                        Timing.standard(),
                        Duration.ofSeconds(1),
                        Set.of(),
                        Optional.empty()));
    }

    // ------------------------------------------------------------------ the service

    @Test
    void serviceShowsItsCertificateAndSpeaksNothingElse() throws Exception {
        configure(data, "server.keystore", "service.p12");
        Path client = Files.createDirectories(data.resolve("client"));
        configure(client, "clusters.truststore", "trusts-service.p12");
        try (JobServer server = serve()) {
            // given
            String address = Files.readString(data.resolve(JobServer.ADDRESS_FILE)).strip();
            HttpClient trusting =
                    HttpClient.newBuilder()
                            .sslContext(Tls.read(client).clusters().orElseThrow())
                            .build();
            HttpRequest health = HttpRequest.newBuilder(URI.create(address + "/healthz")).build();

            // then
            assertThat(address).isEqualTo("https://localhost:" + server.port());
            assertThat(trusting.send(health, BodyHandlers.ofString()).body()).isEqualTo("ok\n");
            assertThat(data.resolve(JobServer.CERTIFICATE_FILE))
                    .content()
                    .startsWith("-----BEGIN CERTIFICATE-----");
            assertThatThrownBy(
                            () -> HttpClient.newHttpClient().send(health, BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(
                            () ->
                                    HttpClient.newHttpClient()
                                            .send(
                                                    HttpRequest.newBuilder(
                                                                    URI.create(
                                                                            address.replace(
                                                                                    "https:",
                                                                                    "http:")))
                                                            .build(),
                                                    BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
            assertThat(sessionCookie(trusting, address)).contains("; Secure");
        }
    }

    private String sessionCookie(HttpClient client, String address) throws Exception {
        HttpResponse<String> page =
                client.send(
                        HttpRequest.newBuilder(URI.create(address + "/ui/login")).build(),
                        BodyHandlers.ofString());
        Matcher token = Pattern.compile("name=\"token\" value=\"([^\"]*)\"").matcher(page.body());
        assertThat(token.find()).isTrue();
        String cookie = page.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
        String form =
                "token="
                        + token.group(1)
                        + "&secret="
                        + Files.readString(data.resolve(JobServer.TOKEN_FILE)).strip();
        return client.send(
                        HttpRequest.newBuilder(URI.create(address + "/ui/login"))
                                .header("Content-Type", "application/x-www-form-urlencoded")
                                .header("Cookie", cookie)
                                .POST(BodyPublishers.ofString(form))
                                .build(),
                        BodyHandlers.ofString())
                .headers()
                .firstValue("Set-Cookie")
                .orElseThrow();
    }

    @Test
    void whatIsWrongWithTheFileIsNamed() throws Exception {
        Path file = configure(data, "server.keystore", "service.p12");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> Tls.read(data)).hasMessageContaining("chmod 600");

        configure(data, "server.keystor", "service.p12");
        assertThatThrownBy(() -> Tls.read(data))
                .hasMessageContaining("did you mean server.keystore");

        configure(data, "server.keystore", "nothing.p12");
        assertThatThrownBy(() -> Tls.read(data)).hasMessageContaining("nothing.p12");

        configure(data, "server.keystore", "service.p12");
        Files.writeString(file, Files.readString(file).replace("=password", "=wrong"));
        assertThatThrownBy(() -> Tls.read(data))
                .hasMessageContaining("service.p12")
                .hasMessageNotContaining("wrong");

        Files.delete(file);
        assertThat(Tls.read(data).server()).isEmpty();
    }

    // ------------------------------------------------------------------ clusters

    /** What the service finds out about a cluster that knows only the service. */
    private String version(String... stores) throws Exception {
        Path cluster = Files.createDirectories(data.resolve("cluster"));
        configure(
                cluster,
                "clusters.keystore",
                "cluster.p12",
                "clusters.truststore",
                "trusts-service.p12");
        Path service = Files.createDirectories(data.resolve("service"));
        configure(service, stores);
        try (FakeFlink flink = FakeFlink.secure(Tls.read(cluster).clusters().orElseThrow());
                JobDatabase database = JobDatabase.inMemory(new Random(1))) {
            database.putCluster(
                    new ClusterEntry("tls", "session", flink.address()), "me", Instant.EPOCH);
            return new ClusterRegistry(
                            database,
                            new Artifacts(data.resolve("artifacts"), 1),
                            new Secrets(data.resolve("secrets")),
                            Tls.read(service),
                            new Storages(Optional.empty()),
                            new Drivers(Optional.empty(), data))
                    .get("tls")
                    .version()
                    .toString();
        }
    }

    @Test
    void clusterAndServiceKnowEachOther() throws Exception {
        String[] both = {
            "clusters.truststore", "trusts-cluster.p12", "clusters.keystore", "service.p12"
        };
        assertThat(version(both)).isEqualTo("YES: answers");
    }

    /** And a cluster that proves nothing is one that does not answer. */
    @Test
    void clusterOrServiceThatIsNotKnownGetsNoAnswer() throws Exception {
        assertThat(version()).startsWith("UNKNOWN").contains("SSLHandshakeException");
        assertThat(
                        version(
                                "clusters.truststore",
                                "trusts-other.p12",
                                "clusters.keystore",
                                "service.p12"))
                .startsWith("UNKNOWN");
        assertThat(version("clusters.truststore", "trusts-cluster.p12")).startsWith("UNKNOWN");
        assertThat(
                        version(
                                "clusters.truststore",
                                "trusts-cluster.p12",
                                "clusters.keystore",
                                "other.p12"))
                .startsWith("UNKNOWN");
    }
}
