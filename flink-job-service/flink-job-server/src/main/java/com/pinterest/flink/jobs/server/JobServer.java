// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.pinterest.flink.jobs.protocol.OperationRunner;
import com.pinterest.flink.jobs.protocol.SavepointCleaner;
import com.pinterest.flink.jobs.protocol.Timing;
import com.pinterest.flink.jobs.server.Access.Role;
import com.pinterest.flink.jobs.store.JobDatabase;
import com.pinterest.flink.jobs.store.RefusedException;
import com.pinterest.flink.jobs.store.Rows.TokenEntry;
import io.javalin.Javalin;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * The running service: database, loops and REST interface over one data directory. A lock of the
 * directory keeps a second process out.
 */
final class JobServer implements AutoCloseable {

    /** The file with the first token, that of the administrator. */
    static final String TOKEN_FILE = "admin.token";

    /** The file with the address of the running service. */
    static final String ADDRESS_FILE = "address";

    /** The file with the certificates of the running service, which clients of this host trust. */
    static final String CERTIFICATE_FILE = "certificate.pem";

    private static final long MAX_ARTIFACT_BYTES = 2L << 30;

    /** Savepoints are cleaned once for so many looks at what runs. */
    private static final int LOOKS_PER_CLEANING = 30;

    private final FileLock lock;
    private final JobDatabase database;
    private final OperationLoop operations;
    private final Watcher watcher;
    private final SavepointLoop savepoints;
    private final LiveEvents events;
    private final Drivers drivers;
    private final Javalin http;

    /**
     * How the service runs.
     *
     * @param data the directory for everything that it has to keep
     * @param host to listen at
     * @param port to listen at, 0 for any
     * @param watchInterval how often it looks at what runs
     * @param artifactHosts from which it may get job jars
     * @param flinkHome the distribution whose file systems it uses; empty for mounted ones only
     */
    record Settings(
            Path data,
            String host,
            int port,
            Timing timing,
            Duration watchInterval,
            Set<String> artifactHosts,
            Optional<Path> flinkHome) {}

    private JobServer(
            FileLock lock,
            JobDatabase database,
            OperationLoop operations,
            Watcher watcher,
            SavepointLoop savepoints,
            LiveEvents events,
            Drivers drivers,
            Javalin http) {
        this.lock = lock;
        this.database = database;
        this.operations = operations;
        this.watcher = watcher;
        this.savepoints = savepoints;
        this.events = events;
        this.drivers = drivers;
        this.http = http;
    }

    /**
     * Starts the service.
     *
     * @throws IOException if the directory cannot be used, or another process uses it
     */
    static JobServer start(Settings settings) throws IOException {
        Path data = settings.data();
        FileLock lock = lock(data);
        Tls tls = Tls.read(data);
        keepNativeLibraryIn(data);
        // As the database keeps it.
        Clock clock = Clock.tickMillis(ZoneOffset.UTC);
        SecureRandom random = new SecureRandom();
        JobDatabase database = JobDatabase.open(data, random);
        Artifacts artifacts = new Artifacts(data.resolve("artifacts"), MAX_ARTIFACT_BYTES);
        Secrets secrets = new Secrets(data.resolve("secrets"));
        Drivers drivers = new Drivers(settings.flinkHome(), data);
        Storages storages = new Storages(drivers.own().map(DriverStorage::new));
        ClusterRegistry clusters =
                new ClusterRegistry(database, artifacts, secrets, tls, storages, drivers);
        firstToken(data, database, random, clock);
        OperationRequests requests = new OperationRequests(database, clock);
        LiveEvents events = new LiveEvents();
        RemoteArtifacts remote =
                new RemoteArtifacts(artifacts, settings.artifactHosts(), drivers.own());
        Api api = new Api(database, artifacts, remote, clusters, requests, events, clock);
        UiSessions sessions = UiSessions.of(data, random, clock);
        Ui ui = new Ui(database, clusters, requests, sessions, events, clock);
        Javalin http =
                Javalin.create(
                        config -> {
                            config.startup.showJavalinBanner = false;
                            config.http.maxRequestSize = 4L << 20;
                            config.jetty.host = settings.host();
                            config.jetty.port = settings.port();
                            tls.server()
                                    .ifPresent(
                                            context ->
                                                    config.jetty.addConnector(
                                                            (jetty, configuration) ->
                                                                    connector(
                                                                            jetty,
                                                                            configuration,
                                                                            context,
                                                                            settings)));
                            api.addTo(config.routes);
                            ui.addTo(config.routes);
                        });
        OperationRunner runner = new OperationRunner(database, clusters, settings.timing(), clock);
        OperationLoop operations = new OperationLoop(database, runner, clock);
        Watcher watcher =
                new Watcher(database, clusters, settings.timing(), settings.watchInterval(), clock);
        SavepointLoop savepoints =
                new SavepointLoop(
                        new SavepointCleaner(database, new StateFiles(storages), clock),
                        settings.watchInterval().multipliedBy(LOOKS_PER_CLEANING));
        JobServer server =
                new JobServer(
                        lock, database, operations, watcher, savepoints, events, drivers, http);
        http.start();
        Files.writeString(data.resolve(CERTIFICATE_FILE), tls.certificates());
        String scheme = tls.server().isPresent() ? "https" : "http";
        Files.writeString(
                data.resolve(ADDRESS_FILE), scheme + server.address(settings.host()) + "\n");
        operations.start();
        watcher.start();
        savepoints.start();
        events.start();
        return server;
    }

    private static Connector connector(
            Server jetty, HttpConfiguration http, SSLContext context, Settings settings) {
        SslContextFactory.Server factory = new SslContextFactory.Server();
        factory.setSslContext(context);
        // Clients check the name; the service may have others than the certificate says.
        http.addCustomizer(new SecureRequestCustomizer(false));
        ServerConnector connector =
                new ServerConnector(jetty, factory, new HttpConnectionFactory(http));
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        return connector;
    }

    /**
     * Keeps other processes out of a directory, until the channel of the lock is closed.
     *
     * @throws IOException if the directory cannot be used, or another process uses it
     */
    static FileLock lock(Path data) throws IOException {
        Files.createDirectories(data);
        FileChannel channel =
                FileChannel.open(
                        data.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            throw new IOException("another job service runs in " + data);
        }
        return lock;
    }

    /** Sets where SQLite unpacks its library: not where everyone can write. */
    static void keepNativeLibraryIn(Path data) throws IOException {
        System.setProperty(
                "org.sqlite.tmpdir", Files.createDirectories(data.resolve("tmp")).toString());
    }

    private static void firstToken(
            Path data, JobDatabase database, SecureRandom random, Clock clock) throws IOException {
        if (!database.tokens().isEmpty()) {
            return;
        }
        Path file = data.resolve(TOKEN_FILE);
        Files.deleteIfExists(file);
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        String secret = Api.secret(random);
        // The file first: a token that nobody knows would lock everyone out.
        Files.writeString(file, secret + "\n");
        try {
            database.putToken(
                    new TokenEntry("admin", Role.ADMIN.word(), "", clock.instant()),
                    secret,
                    "service");
        } catch (RefusedException e) {
            throw new IOException("the first token cannot be stored", e);
        }
    }

    private String address(String host) {
        String name = Set.of("0.0.0.0", "::").contains(host) ? "localhost" : host;
        return "://" + name + ":" + http.port();
    }

    int port() {
        return http.port();
    }

    @Override
    public void close() throws IOException {
        watcher.close();
        savepoints.close();
        operations.close();
        events.close();
        drivers.close();
        http.stop();
        database.close();
        lock.acquiredBy().close();
    }
}
