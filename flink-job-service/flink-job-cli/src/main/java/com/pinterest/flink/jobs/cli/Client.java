// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** The REST interface of the service. */
final class Client {

    private static final int CONNECT_MILLIS = 3_000;
    private static final int READ_MILLIS = 90_000;

    private final ObjectMapper json = new ObjectMapper();
    private final String address;
    private final String token;
    private final Optional<SSLSocketFactory> sockets;

    /**
     * @param certificates to trust, as PEM; empty for those of Java
     */
    Client(String address, String token, String certificates) {
        this.address = address;
        this.token = token;
        this.sockets =
                address.startsWith("https:") && !certificates.isEmpty()
                        ? Optional.of(trusting(certificates))
                        : Optional.empty();
    }

    private static SSLSocketFactory trusting(String certificates) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            ByteArrayInputStream pem =
                    new ByteArrayInputStream(certificates.getBytes(StandardCharsets.US_ASCII));
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("ca-" + store.size(), certificate);
            }
            TrustManagerFactory trust =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException | IOException e) {
            throw new CliException(
                    ExitCode.USAGE, "the certificates cannot be used: " + e.getMessage());
        }
    }

    JsonNode get(String path) {
        return send("GET", path, null, Map.of());
    }

    JsonNode put(String path, JsonNode body, Map<String, String> headers) {
        return send("PUT", path, body, headers);
    }

    JsonNode post(String path, JsonNode body, Map<String, String> headers) {
        return send("POST", path, body, headers);
    }

    JsonNode delete(String path) {
        return send("DELETE", path, null, Map.of());
    }

    ObjectMapper json() {
        return json;
    }

    /** Whether there is something at a path. */
    boolean exists(String path) {
        try {
            get(path);
            return true;
        } catch (CliException e) {
            if (e.exitCode() == ExitCode.NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    private JsonNode send(String method, String path, JsonNode body, Map<String, String> headers) {
        try {
            HttpURLConnection connection = open(method, path);
            headers.forEach(connection::setRequestProperty);
            if (body != null) {
                connection.setDoOutput(true);
                connection.setRequestProperty("Content-Type", "application/json");
                try (OutputStream out = connection.getOutputStream()) {
                    out.write(json.writeValueAsBytes(body));
                }
            }
            return answer(connection);
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /** Sends a file as it is. */
    JsonNode putFile(String path, Path file) {
        try {
            HttpURLConnection connection = open("PUT", path);
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(Files.size(file));
            connection.setRequestProperty("Content-Type", "application/java-archive");
            try (OutputStream out = connection.getOutputStream()) {
                Files.copy(file, out);
            }
            return answer(connection);
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private HttpURLConnection open(String method, String path) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(address + path).toURL().openConnection();
        if (connection instanceof HttpsURLConnection secure) {
            sockets.ifPresent(secure::setSSLSocketFactory);
        }
        connection.setRequestMethod(method);
        // The token is for this address only.
        connection.setInstanceFollowRedirects(false);
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(READ_MILLIS);
        connection.setRequestProperty("Authorization", "Bearer " + token);
        return connection;
    }

    private CliException unreachable(IOException e) {
        return new CliException(
                ExitCode.UNREACHABLE,
                "the job service does not answer at "
                        + address
                        + ": "
                        + e.getMessage()
                        + "\nIs it running? bin/flink-job-service.sh status");
    }

    private JsonNode answer(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        boolean good = status / 100 == 2;
        try (InputStream in = good ? connection.getInputStream() : connection.getErrorStream()) {
            String text = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
            if (good) {
                return text.isBlank() ? json.missingNode() : json.readTree(text);
            }
            throw problem(status, text);
        }
    }

    private CliException problem(int status, String text) {
        JsonNode problem;
        try {
            problem = json.readTree(text);
        } catch (IOException e) {
            problem = json.missingNode();
        }
        StringBuilder message = new StringBuilder(problem.path("detail").asText("HTTP " + status));
        for (JsonNode mistake : problem.path("mistakes")) {
            message.append("\n  ").append(mistake.asText());
        }
        if (!problem.path("hint").asText().isEmpty()) {
            message.append('\n').append(problem.path("hint").asText());
        }
        return new CliException(
                ExitCode.ofStatus(status, problem.path("code").asText()), message.toString());
    }
}
