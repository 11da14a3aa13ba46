// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

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
                        throw new AssertionError(
                                "The broker has ended: " + process.await(Await.PATIENCE));
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

    /**
     * Runs the archiver up to the end that a topic has now.
     *
     * @param options of {@code flink run}
     */
    ProcessResult archive(
            FlinkInstallation installation, String topic, String archive, String... options)
            throws Exception {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "run",
                                "--archive",
                                archive,
                                "--bootstrap-servers",
                                brokers,
                                "--topic",
                                topic,
                                "--roll-size",
                                "50kb",
                                "--bounded",
                                "--"));
        arguments.addAll(List.of(options));
        return installation.run("flink-archive", arguments.toArray(new String[0])).succeeded();
    }

    /** Fails if an archive is damaged, or lacks what Kafka has deleted. */
    void checkArchive(FlinkInstallation installation, String archive) throws Exception {
        ProcessResult check =
                installation
                        .run(
                                "flink-archive",
                                "check",
                                "--archive",
                                archive,
                                "--bootstrap-servers",
                                brokers,
                                "--deep")
                        .succeeded();
        assertThat(check.stdout()).contains("read: ok");
    }

    @Override
    public void close() {
        process.handle().destroyForcibly();
        process.handle().onExit().join();
    }
}
