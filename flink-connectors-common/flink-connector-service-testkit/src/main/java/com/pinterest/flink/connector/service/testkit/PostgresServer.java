// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PostgreSQL server with an empty database, of the installed package. It ends with the JVM at the
 * latest. PostgreSQL refuses to run as root, so root runs it as the user {@code postgres}.
 */
public final class PostgresServer implements AutoCloseable {

    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
    private static final boolean ROOT = System.getProperty("user.name").equals("root");

    private final Path bin;
    private final Path directory;
    private final int port;
    private final Thread hook = new Thread(this::stop, "stop-postgres");

    /** Starts a server at a free port of the loopback address, and waits for it. */
    public PostgresServer() throws IOException {
        this.bin = bin().orElseThrow(() -> new IOException("PostgreSQL is not installed"));
        // Not in the temporary directory of a build, which another user cannot enter.
        this.directory = Files.createTempDirectory(Path.of("/tmp"), "postgres-test-");
        if (ROOT) {
            execute(List.of("chown", "postgres", directory.toString()));
        }
        Runtime.getRuntime().addShutdownHook(hook);
        run("initdb", "-D", data(), "-U", "test", "--auth=trust", "--no-sync", "-E", "UTF8");
        try (ServerSocket socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            this.port = socket.getLocalPort();
        }
        String options =
                String.format(
                        "-c listen_addresses=127.0.0.1 -c port=%d -c unix_socket_directories=%s"
                                + " -c fsync=off",
                        port, directory);
        run("pg_ctl", "start", "-w", "-D", data(), "-l", directory + "/log", "-o", options);
    }

    /** Whether PostgreSQL is installed. */
    public static boolean isAvailable() {
        return bin().isPresent();
    }

    private static Optional<Path> bin() {
        if (!Files.isDirectory(DEBIAN)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(DEBIAN)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(path -> Files.isExecutable(path.resolve("postgres")))
                    .max(Comparator.naturalOrder());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private String data() {
        return directory + "/data";
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** The URL of the database at this address, or at that of a proxy. The user is {@code test}. */
    public static String url(InetSocketAddress address) {
        return "jdbc:postgresql://127.0.0.1:" + address.getPort() + "/postgres?user=test";
    }

    private void run(String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (ROOT) {
            command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres"));
            command.add("--clear-groups");
        }
        command.add(bin.resolve(program).toString());
        command.addAll(Arrays.asList(arguments));
        execute(command);
    }

    private void execute(List<String> command) throws IOException {
        Path output = Files.createTempFile("postgres", ".out");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .directory(directory.toFile())
                            .redirectErrorStream(true)
                            // A pipe would stay open as long as the server runs.
                            .redirectOutput(output.toFile())
                            .start();
            if (!process.waitFor(2, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new IOException(command + " has not ended");
            }
            if (process.exitValue() != 0) {
                throw new IOException(command + " failed: " + Files.readString(output));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(command + " was interrupted", e);
        } finally {
            Files.delete(output);
        }
    }

    private void stop() {
        try {
            run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", data());
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file :
                        (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("PostgreSQL cannot be stopped", e);
        }
    }

    @Override
    public void close() {
        stop();
        Runtime.getRuntime().removeShutdownHook(hook);
    }
}
