// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** An empty Redis server of the installed package. It ends with the JVM at the latest. */
public final class RedisServer implements AutoCloseable {

    private static final Path PROGRAM = Path.of("/usr/bin/redis-server");
    private static final long START_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final int port;
    private final Process process;
    private final Thread hook;

    /** Starts a server at a free port of the loopback address, and waits for it. */
    public RedisServer() throws IOException {
        this(freePort());
    }

    /** Starts a server at a port of the loopback address, and waits for it. */
    public RedisServer(int port) throws IOException {
        this.port = port;
        Path log = Files.createTempFile("redis-test-", ".log");
        log.toFile().deleteOnExit();
        process =
                new ProcessBuilder(
                                PROGRAM.toString(),
                                "--port",
                                Integer.toString(port),
                                "--bind",
                                "127.0.0.1",
                                // In memory only.
                                "--save",
                                "",
                                "--appendonly",
                                "no")
                        .directory(log.getParent().toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        hook = new Thread(process::destroyForcibly, "stop-redis");
        Runtime.getRuntime().addShutdownHook(hook);
        long start = System.nanoTime();
        while (!isReady()) {
            if (!process.isAlive() || System.nanoTime() - start > START_NANOS) {
                throw new IOException("Redis has not started: " + Files.readString(log));
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Whether Redis is installed. */
    public static boolean isAvailable() {
        return Files.isExecutable(PROGRAM);
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** The URL of the database at this address, or at that of a proxy. */
    public static String url(InetSocketAddress address) {
        return "redis://127.0.0.1:" + address.getPort() + "/0";
    }

    private boolean isReady() throws IOException {
        try {
            return execute("PING").equals("+PONG");
        } catch (IOException e) {
            try {
                Thread.sleep(10);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException("The start of Redis was interrupted", interrupted);
            }
            return false;
        }
    }

    /** Runs a command whose answer is one line, and returns that. */
    public String execute(String... command) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(address());
            StringBuilder request = new StringBuilder("*" + command.length + "\r\n");
            for (String word : command) {
                int length = word.getBytes(StandardCharsets.UTF_8).length;
                request.append('$').append(length).append("\r\n").append(word).append("\r\n");
            }
            OutputStream out = socket.getOutputStream();
            out.write(request.toString().getBytes(StandardCharsets.UTF_8));
            String line =
                    new BufferedReader(
                                    new InputStreamReader(
                                            socket.getInputStream(), StandardCharsets.UTF_8))
                            .readLine();
            if (line == null) {
                throw new IOException("Redis has closed the connection");
            }
            return line;
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().removeShutdownHook(hook);
    }
}
