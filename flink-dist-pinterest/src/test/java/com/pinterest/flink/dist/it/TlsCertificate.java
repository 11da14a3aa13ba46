// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate of this host by which both ends of a connection know each other. */
final class TlsCertificate {

    private static final String PASSWORD = "password";

    private final Path keys;
    private final Path trusted;

    private TlsCertificate(Path directory) {
        this.keys = directory.resolve("keys.p12");
        this.trusted = directory.resolve("trusted.p12");
    }

    /** Makes one, with its files in a directory. */
    static TlsCertificate in(Path directory) throws IOException, InterruptedException {
        TlsCertificate certificate = new TlsCertificate(directory);
        String keys = certificate.keys.toString();
        String file = directory.resolve("certificate").toString();
        // The cipher suites that Flink allows by default are those of RSA.
        keytool(
                "-genkeypair",
                "-keyalg",
                "RSA",
                "-dname",
                "CN=flink",
                "-ext",
                "SAN=dns:localhost,ip:127.0.0.1",
                "-keystore",
                keys);
        keytool("-exportcert", "-keystore", keys, "-file", file);
        keytool(
                "-importcert",
                "-noprompt",
                "-file",
                file,
                "-keystore",
                certificate.trusted.toString());
        return certificate;
    }

    private static void keytool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storepass", PASSWORD));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    /** For a cluster whose REST interface takes nobody who does not have the certificate. */
    Map<String, String> settings() {
        return Map.of(
                "security.ssl.rest.enabled",
                "true",
                "security.ssl.rest.authentication-enabled",
                "true",
                "security.ssl.rest.keystore",
                keys.toString(),
                "security.ssl.rest.keystore-password",
                PASSWORD,
                "security.ssl.rest.key-password",
                PASSWORD,
                "security.ssl.rest.truststore",
                trusted.toString(),
                "security.ssl.rest.truststore-password",
                PASSWORD);
    }

    /** The tls.properties of a job service that uses such clusters. */
    String propertiesOfJobService() {
        return """
               clusters.truststore=%s
               clusters.truststore-password=%s
               clusters.keystore=%s
               clusters.keystore-password=%s
               """
                .formatted(trusted, PASSWORD, keys, PASSWORD);
    }

    /** For a client of this JVM. */
    SSLContext context() {
        try {
            KeyManagerFactory keyManagers =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keyManagers.init(load(keys), PASSWORD.toCharArray());
            TrustManagerFactory trustManagers =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trustManagers.init(load(trusted));
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyStore load(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return store;
    }
}
