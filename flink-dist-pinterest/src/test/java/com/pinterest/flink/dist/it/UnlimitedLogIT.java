// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fat jar with the tiered Kafka connector and its own deserializer, on a real broker. */
final class UnlimitedLogIT {

    @TempDir static Path directory;
    private static KafkaProcess kafka;
    private static Path fatJar;

    @BeforeAll
    static void startKafka() throws Exception {
        kafka = KafkaProcess.in(Files.createDirectory(directory.resolve("kafka")));
        fatJar = LogJob.fatJar(directory.resolve("job.jar"));
    }

    @AfterAll
    static void stopKafka() {
        if (kafka != null) {
            kafka.close();
        }
    }

    @Test
    void kafkaIsNotInLib() throws IOException {
        for (Path jar : FlinkTree.files(FlinkTree.DISTRIBUTION.lib(), "*.jar")) {
            try (JarFile file = new JarFile(jar.toFile())) {
                assertThat(file.stream().map(JarEntry::getName))
                        .as(jar.toString())
                        .noneMatch(
                                name ->
                                        name.startsWith("org/apache/kafka/")
                                                || name.startsWith(
                                                        "org/apache/flink/connector/kafka/"));
            }
        }
    }

    @Test
    void killedTaskManagerAtTheSwitchCostsNoRow() throws Exception {
        FlinkCluster cluster =
                FlinkCluster.of(FlinkTree.DISTRIBUTION, 1)
                        .with("execution.checkpointing.interval", "1 s");
        cluster.beforeAll(null);
        try {
            // given rows that are archived, and that Kafka has forgotten
            Flights flights = Flights.in(cluster.directory("flights"), 20_000);
            String archive = cluster.directory("archive").toUri().toString();
            kafka.topic(fatJar, "create", "session");
            kafka.topic(fatJar, "produce", "session", flights.input(), 1, 15_000);
            kafka.archive(cluster.installation(), "session", archive);
            kafka.checkArchive(cluster.installation(), archive);
            kafka.topic(fatJar, "forget", "session");

            // when the only TaskManager dies when a job has read all of the archive
            String[] command = LogJob.command(fatJar, flights, kafka.brokers(), "session", archive);
            String job = cluster.submit(LogJob.with(command, "--group-id", "session"));
            cluster.awaitRowsRead(job, 15_000);
            cluster.awaitTwoCheckpoints(job);
            ProcessHandle taskManager = cluster.installation().daemon("taskexecutor");
            assertThat(taskManager.destroyForcibly()).isTrue();
            cluster.installation().run("taskmanager.sh", "start").succeeded();
            Await.until("a restored job", () -> cluster.checkpoints(job, "restored") > 0);
            kafka.topic(fatJar, "produce", "session", flights.input(), 15_001, 20_000);

            // then
            kafka.topic(fatJar, "await", "session", "session");
            cluster.flink("stop", "--drain", job).succeeded();
            cluster.awaitState(job, "FINISHED");
            flights.assertComplete();
        } catch (Exception | AssertionError e) {
            System.err.println(cluster.installation().interestingLogLines());
            throw e;
        } finally {
            cluster.afterAll(null);
        }
    }

    @Test
    void applicationRunsToTheEndOfTheTopic() throws Exception {
        try (FlinkInstallation installation = FlinkInstallation.of(FlinkTree.DISTRIBUTION)) {
            // given
            Map<String, String> settings = ClusterSettings.in(installation.directory("data"));
            installation.configure(settings);
            Flights flights = Flights.in(installation.directory("flights"), 5_000);
            String archive = installation.directory("archive").toUri().toString();
            kafka.topic(fatJar, "create", "application");
            kafka.topic(fatJar, "produce", "application", flights.input(), 1, 3_000);
            kafka.archive(installation, "application", archive, "-t", "local");
            kafka.topic(fatJar, "forget", "application");
            kafka.topic(fatJar, "produce", "application", flights.input(), 3_001, 5_000);

            // when
            List<String> arguments =
                    new ArrayList<>(
                            List.of(
                                    "start-foreground",
                                    "--jars",
                                    fatJar.toString(),
                                    "--job-classname",
                                    LogJob.CLASS));
            arguments.addAll(
                    flights.logArguments(
                            kafka.brokers(), "application", archive, "--end", "latest"));
            RunningProcess jobManager =
                    installation.start("standalone-job.sh", arguments.toArray(new String[0]));
            installation.run("taskmanager.sh", "start").succeeded();
            ProcessResult result = jobManager.await(Await.PATIENCE);

            // then
            assertThat(result.exitCode()).as(result.toString()).isZero();
            flights.assertComplete();
        }
    }

    @Test
    void sqlConnectorInLibIsNamed() throws Exception {
        try (FlinkInstallation installation = FlinkInstallation.of(FlinkTree.DISTRIBUTION)) {
            Path lib = Files.createDirectory(installation.directory("home").resolve("lib"));
            for (Path jar : FlinkTree.files(FlinkTree.DISTRIBUTION.lib(), "*.jar")) {
                Files.createSymbolicLink(lib.resolve(jar.getFileName()), jar);
            }
            Path sql =
                    FlinkTree.files(
                                    Path.of(System.getProperty("it.libraries")),
                                    "flink-sql-connector-kafka*.jar")
                            .get(0);
            Files.createSymbolicLink(lib.resolve(sql.getFileName()), sql);
            installation.setEnvironment("FLINK_LIB_DIR", lib.toString());
            Flights flights = Flights.in(installation.directory("flights"), 10);

            ProcessResult result =
                    installation.run(
                            "flink",
                            LogJob.command(
                                    fatJar, flights, kafka.brokers(), "sql", "file:///nowhere"));

            assertThat(result.exitCode()).isNotZero();
            assertThat(result.output())
                    .contains("Take that jar out of lib/", sql.getFileName().toString());
        }
    }
}
