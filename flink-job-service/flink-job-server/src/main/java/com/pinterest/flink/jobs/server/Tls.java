// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * The certificates of {@code tls.properties} in the directory of the service: that of the service
 * itself, and those by which it and the clusters know each other.
 *
 * @param server for those who ask the service; empty for HTTP
 * @param certificates of the service, as PEM; empty for HTTP
 * @param clusters for the REST interfaces of clusters; empty for what Java trusts
 */
record Tls(Optional<SSLContext> server, String certificates, Optional<SSLContext> clusters) {

    static final String FILE = "tls.properties";

    private static final String SERVER = "server.keystore";
    private static final String TRUST = "clusters.truststore";
    private static final String KEYS = "clusters.keystore";
    private static final String PASSWORD = "-password";
    private static final List<String> KNOWN =
            List.of(SERVER, SERVER + PASSWORD, TRUST, TRUST + PASSWORD, KEYS, KEYS + PASSWORD);

    /**
     * Reads the file, if there is one.
     *
     * @throws IOException if it cannot be used, or can be read by others
     */
    static Tls read(Path data) throws IOException {
        Path file = data.resolve(FILE);
        Properties properties = new Properties();
        if (Files.exists(file)) {
            requirePrivate(file);
            try (InputStream in = Files.newInputStream(file)) {
                properties.load(in);
            }
        }
        for (String key : properties.stringPropertyNames()) {
            if (!KNOWN.contains(key)) {
                throw new IOException(
                        file
                                + ": unknown key "
                                + key
                                + Names.nearest(key, KNOWN)
                                        .map(name -> "; did you mean " + name + "?")
                                        .orElse("; known are " + String.join(", ", KNOWN)));
            }
        }
        Optional<KeyStore> server = store(data, properties, SERVER);
        Optional<KeyStore> trust = store(data, properties, TRUST);
        Optional<KeyStore> keys = store(data, properties, KEYS);
        try {
            return new Tls(
                    server.isEmpty()
                            ? Optional.empty()
                            : Optional.of(context(keys(server, properties, SERVER), null)),
                    server.isEmpty() ? "" : pem(server.get()),
                    trust.isEmpty() && keys.isEmpty()
                            ? Optional.empty()
                            : Optional.of(context(keys(keys, properties, KEYS), trusted(trust))));
        } catch (GeneralSecurityException e) {
            throw new IOException(file + ": the keys cannot be used: " + e.getMessage(), e);
        }
    }

    /** It has passwords in it. */
    private static void requirePrivate(Path file) throws IOException {
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (permissions.contains(PosixFilePermission.GROUP_READ)
                || permissions.contains(PosixFilePermission.OTHERS_READ)) {
            throw new IOException(file + " can be read by others: chmod 600 " + file);
        }
    }

    private static Optional<KeyStore> store(Path data, Properties properties, String key)
            throws IOException {
        String name = properties.getProperty(key, "").strip();
        if (name.isEmpty()) {
            return Optional.empty();
        }
        Path file = data.resolve(name);
        try {
            return Optional.of(KeyStore.getInstance(file.toFile(), password(properties, key)));
        } catch (GeneralSecurityException | IOException e) {
            throw new IOException(
                    FILE + ": " + key + " " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static char[] password(Properties properties, String key) {
        return properties.getProperty(key + PASSWORD, "").strip().toCharArray();
    }

    private static KeyManager[] keys(Optional<KeyStore> store, Properties properties, String key)
            throws GeneralSecurityException {
        if (store.isEmpty()) {
            return null;
        }
        KeyManagerFactory factory =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store.get(), password(properties, key));
        return factory.getKeyManagers();
    }

    private static TrustManager[] trusted(Optional<KeyStore> store)
            throws GeneralSecurityException {
        if (store.isEmpty()) {
            return null;
        }
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store.get());
        return factory.getTrustManagers();
    }

    /** Where there is null, that of Java is used. */
    private static SSLContext context(KeyManager[] keys, TrustManager[] trusted)
            throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trusted, null);
        return context;
    }

    private static String pem(KeyStore store) throws GeneralSecurityException {
        StringBuilder pem = new StringBuilder();
        Base64.Encoder encoder = Base64.getMimeEncoder(64, new byte[] {'\n'});
        for (String alias : Collections.list(store.aliases())) {
            Certificate certificate = store.getCertificate(alias);
            pem.append("-----BEGIN CERTIFICATE-----\n");
            pem.append(encoder.encodeToString(certificate.getEncoded()));
            pem.append("\n-----END CERTIFICATE-----\n");
        }
        return pem.toString();
    }
}
