// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** One SQL statement and one jar on files, an archive and Kafka, by configuration alone. */
final class ConnectorsIT {

    private static final String CLASS = "com.pinterest.flink.examples.flights.FlightCounts";
    private static final List<String> TIERS = List.of("files", "archive", "kafka");
    private static final int ROWS = 2_000;

    @RegisterExtension
    static final FlinkCluster cluster = FlinkCluster.of(FlinkTree.DISTRIBUTION, 1);

    @TempDir static Path directory;
    private static KafkaProcess kafka;
    private static Flights flights;
    private static Path connector;

    @BeforeAll
    static void fillTopicAndArchive() throws Exception {
        kafka = KafkaProcess.in(Files.createDirectory(directory.resolve("kafka")));
        flights = Flights.in(Files.createDirectory(directory.resolve("flights")), ROWS);
        Path jar = LogJob.fatJar(directory.resolve("job.jar"));
        kafka.topic(jar, "create", "flights");
        kafka.topic(jar, "produce", "flights", flights.input(), 1, ROWS);
        kafka.archive(cluster.installation(), "flights", archive());
        connector = jarInOpt("flink-connector-tiered-kafka-*.jar");
    }

    @AfterAll
    static void stopKafka() {
        if (kafka != null) {
            kafka.close();
        }
    }

    @Test
    void sameStatementReadsAllTiersWithTheSqlJarBesideTheOfficialOne() throws Exception {
        // given
        Path official =
                FlinkTree.files(
                                Path.of(System.getProperty("it.libraries")),
                                "flink-sql-connector-kafka*.jar")
                        .get(0);
        List<List<String>> results = new ArrayList<>();

        // when
        for (String tier : TIERS) {
            ProcessResult client =
                    cluster.installation()
                            .run(
                                    "sql-client.sh",
                                    "--jar",
                                    jarInOpt("flink-sql-connector-tiered-kafka-*.jar").toString(),
                                    "--jar",
                                    official.toString(),
                                    "-Dconnectors.config=" + configuration(tier),
                                    "-f",
                                    sql().toString())
                            .succeeded();
            results.add(client.stdout().lines().filter(line -> line.startsWith("|")).toList());
        }

        // then
        assertThat(results.get(0)).hasSizeGreaterThan(10).isEqualTo(results.get(1));
        assertThat(results.get(2)).isEqualTo(results.get(0));
    }

    @Test
    void sameJarReadsAllTiers() throws Exception {
        List<List<String>> results = new ArrayList<>();

        for (String tier : TIERS) {
            cluster.flink(
                            "run",
                            "-Dconnectors.config=" + configuration(tier),
                            "-C",
                            connector.toUri().toString(),
                            "-c",
                            CLASS,
                            Flights.jar())
                    .succeeded();
            results.add(counts(tier));
        }

        assertThat(results.get(0)).isEqualTo(expected());
        assertThat(results.get(1)).isEqualTo(expected());
        assertThat(results.get(2)).isEqualTo(expected());
    }

    @Test
    void explainShowsTheOptionsOfBoth() throws Exception {
        ProcessResult ofJar = explain("--class", CLASS, Flights.jar());
        ProcessResult ofStatements = explain(sql().toString());

        assertThat(ofJar.stdout())
                .contains("source flights", "sink counts")
                .containsPattern("scan.tier +archive +\\(file file:");
        assertThat(ofStatements.stdout())
                .contains("table default_catalog.default_database.flights")
                .containsPattern("topic +flights +\\(statement\\)")
                .containsPattern("scan.tier +archive +\\(file file:");
    }

    private static ProcessResult explain(String... arguments) throws Exception {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "explain",
                                "--set",
                                "connectors.config=" + configuration("archive")));
        all.addAll(List.of(arguments));
        return cluster.installation()
                .run("flink-connectors", all.toArray(new String[0]))
                .succeeded();
    }

    private static String configuration(String tier) throws IOException {
        String source =
                String.join(
                        ", ",
                        "{scan.tier: " + tier,
                        "properties.bootstrap.servers: '" + kafka.brokers() + "'",
                        "archive.path: '" + archive() + "'",
                        "files.path: '" + flights.input().getParent().toUri() + "'}");
        return Files.writeString(
                        directory.resolve(tier + ".yaml"),
                        String.join(
                                "\n",
                                "connectors:",
                                "  sources:",
                                "    flights: " + source,
                                "  sinks:",
                                "    counts: {sink.tier: files, files.path: '"
                                        + directory.resolve("counts-" + tier).toUri()
                                        + "'}",
                                "  tables.default_catalog.default_database:",
                                "    flights: " + source,
                                ""))
                .toUri()
                .toString();
    }

    private static String archive() {
        return directory.resolve("archive").toUri().toString();
    }

    private static Path sql() {
        return FlinkTree.DISTRIBUTION.home().resolve("examples/flights/sql/flight-counts.sql");
    }

    private static Path jarInOpt(String name) throws IOException {
        return FlinkTree.files(FlinkTree.DISTRIBUTION.home().resolve("opt"), name).get(0);
    }

    private static List<String> counts(String tier) throws IOException {
        List<String> counts = new ArrayList<>();
        try (Stream<Path> files = Files.walk(directory.resolve("counts-" + tier))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.getFileName().toString().startsWith(".")) {
                    counts.addAll(Files.readAllLines(file));
                }
            }
        }
        return counts.stream().sorted().toList();
    }

    /** What the rows of the input are without Flink. */
    private static List<String> expected() throws IOException {
        TreeMap<String, long[]> sums = new TreeMap<>();
        for (String line : Files.readAllLines(flights.input())) {
            String[] fields = line.split(",", -1);
            long[] sum = sums.computeIfAbsent(fields[3], missing -> new long[2]);
            sum[0]++;
            sum[1] += Long.parseLong(fields[1]);
        }
        return sums.entrySet().stream()
                .map(each -> each.getKey() + "," + each.getValue()[0] + "," + each.getValue()[1])
                .sorted()
                .toList();
    }
}
