// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.kafka;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/**
 * A Kafka broker that is its own controller. It runs until its standard input ends, so that it does
 * not outlive who started it.
 *
 * <p>Ports are picked when the directory is new, and kept in it with everything else. The broker is
 * ready when the file {@code address} is there.
 */
public final class KafkaTestBroker {

    private static final String ADDRESS = "address";

    private KafkaTestBroker() {}

    /** Runs the broker. The argument is its directory. */
    public static void main(String[] args) throws Exception {
        if (args.length != 1) {
            System.err.println("Usage: KafkaTestBroker DIRECTORY");
            System.exit(2);
        }
        Path directory = Files.createDirectories(Path.of(args[0])).toAbsolutePath();
        Path properties = directory.resolve("server.properties");
        Files.deleteIfExists(directory.resolve(ADDRESS));
        if (Files.notExists(properties)) {
            format(directory, properties);
        }
        int port = port(properties);
        start("exit-with-parent", KafkaTestBroker::exitWithParent);
        start("announce", () -> announce(directory, port));
        Kafka.main(new String[] {properties.toString()});
    }

    private static void format(Path directory, Path properties) throws IOException {
        int port = freePort();
        int controllerPort = freePort();
        Files.write(
                properties,
                List.of(
                        "process.roles=broker,controller",
                        "node.id=1",
                        "controller.quorum.voters=1@localhost:" + controllerPort,
                        "controller.listener.names=CONTROLLER",
                        "inter.broker.listener.name=PLAINTEXT",
                        "listeners=PLAINTEXT://localhost:"
                                + port
                                + ",CONTROLLER://localhost:"
                                + controllerPort,
                        "listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
                        "log.dirs=" + directory.resolve("data"),
                        "offsets.topic.num.partitions=1",
                        "offsets.topic.replication.factor=1",
                        "transaction.state.log.num.partitions=1",
                        "transaction.state.log.replication.factor=1",
                        "transaction.state.log.min.isr=1",
                        "group.initial.rebalance.delay.ms=0",
                        // A slow machine is no failure.
                        "broker.session.timeout.ms=180000",
                        "log.cleaner.dedupe.buffer.size=2097152",
                        // Deletes segments of topics with a retention soon, and no others.
                        "log.retention.ms=-1",
                        "log.cleaner.backoff.ms=200"));
        int formatted =
                StorageTool.execute(
                        new String[] {
                            "format",
                            "-t",
                            Uuid.randomUuid().toString(),
                            "-c",
                            properties.toString()
                        },
                        System.out);
        if (formatted != 0) {
            System.exit(formatted);
        }
    }

    private static int port(Path properties) throws IOException {
        String listeners =
                Files.readAllLines(properties).stream()
                        .filter(line -> line.startsWith("listeners="))
                        .findFirst()
                        .orElseThrow();
        return Integer.parseInt(listeners.replaceAll("listeners=PLAINTEXT://localhost:|,.*", ""));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void start(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void exitWithParent() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // As good as the end.
        }
        Runtime.getRuntime().halt(0);
    }

    /** Writes the address when the broker accepts connections. */
    private static void announce(Path directory, int port) {
        try {
            while (!accepts(port)) {
                Thread.sleep(100);
            }
            Path part = directory.resolve(ADDRESS + ".part");
            Files.writeString(part, "localhost:" + port + "\n");
            Files.move(part, directory.resolve(ADDRESS), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | InterruptedException e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("localhost", port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
