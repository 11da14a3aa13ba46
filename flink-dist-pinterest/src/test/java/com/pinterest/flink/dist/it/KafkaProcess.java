// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The broker of kafka-test-broker, and what the example does with its topic. */
final class KafkaProcess implements AutoCloseable {

    private static final Path BROKER = Path.of(System.getProperty("kafka.test.broker"));
    private static final String TOPIC_CLASS = "com.pinterest.flink.examples.flights.FlightTopic";

    private final Path directory;
    private final RunningProcess process;
    private final String brokers;

    private KafkaProcess(Path directory) throws IOException {
        this.directory = directory;
        process =
                RunningProcess.startWithInput(
                        directory,
                        Map.of("PATH", System.getenv("PATH"), "LANG", "C.UTF-8"),
                        RunningProcess.javaCommand(
                                List.of(
                                        "-Xmx384m",
                                        "-XX:TieredStopAtLevel=1",
                                        "-cp",
                                        BROKER.resolve("classes")
                                                + File.pathSeparator
                                                + BROKER.resolve("kafka")
                                                + "/*",
                                        "com.pinterest.flink.kafka.KafkaTestBroker",
                                        directory.toString())));
        Path address = directory.resolve("address");
        Await.until(
                "the broker",
                () -> {
                    if (!process.handle().isAlive()) {
                        throw new AssertionError("The broker has ended: " + process);
                    }
                    return Files.exists(address);
                });
        brokers = Files.readString(address).strip();
    }

    static KafkaProcess in(Path directory) throws IOException {
        return new KafkaProcess(directory);
    }

    String brokers() {
        return brokers;
    }

    /**
     * Runs FlightTopic to its end.
     *
     * @param jar has the example and the connector
     */
    void topic(Path jar, String command, String topic, Object... more) throws Exception {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "-cp",
                                jar
                                        + File.pathSeparator
                                        + FlinkTree.DISTRIBUTION.home().resolve("lib")
                                        + "/*",
                                TOPIC_CLASS,
                                command,
                                brokers,
                                topic));
        for (Object argument : more) {
            arguments.add(argument.toString());
        }
        RunningProcess.startJava(directory, arguments).await(Await.PATIENCE).succeeded();
    }

    @Override
    public void close() {
        process.handle().destroyForcibly();
        process.handle().onExit().join();
    }
}
