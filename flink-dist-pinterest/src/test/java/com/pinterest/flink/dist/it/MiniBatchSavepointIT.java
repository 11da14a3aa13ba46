// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * SQL with mini-batch, an aggregation, a join and a Top-N, goes on here from a savepoint of the
 * official release, and the other way round; the final tables are those of all rows.
 */
final class MiniBatchSavepointIT {

    private static final int KEYS = 50;

    /** The rows before the savepoint, and all. */
    private static final int FIRST_ROWS = 4_000;

    private static final int ROWS = 20_000;

    /** So many that all subtasks have some. */
    private static final int ROWS_PER_FILE = 1_000;

    /** A change of a table, as the print connector writes it. */
    private static final Pattern CHANGE =
            Pattern.compile("(?m)^(\\w+)(?::\\d+)?> ([+-])[IUD](\\[.*])$");

    @RegisterExtension static final FlinkCluster ours = FlinkCluster.of(FlinkTree.DISTRIBUTION, 1);

    @RegisterExtension static final FlinkCluster twin = FlinkCluster.of(FlinkTree.TWIN, 1);

    @Test
    void savepointOfTheOfficialReleaseResumesHere() throws Exception {
        moveAcross(twin, ours, "canonical", 2, "here");
    }

    @Test
    void savepointFromHereResumesOnTheOfficialRelease() throws Exception {
        moveAcross(ours, twin, "canonical", 2, "back");
    }

    /** RocksDB's files themselves: those from here have filters of keys. */
    @Test
    void nativeSavepointPassesBothWaysToAnotherParallelism() throws Exception {
        moveAcross(twin, ours, "native", 3, "nativeHere");
        moveAcross(ours, twin, "native", 3, "nativeBack");
    }

    private static String script(String name, int parallelism, Path bids, String savepoint) {
        return """
        SET 'execution.runtime-mode' = 'streaming';
        SET 'table.exec.mini-batch.enabled' = 'true';
        SET 'table.exec.mini-batch.allow-latency' = '500 ms';
        SET 'table.exec.mini-batch.size' = '300';
        SET 'parallelism.default' = '%d';
        %s
        CREATE TABLE bids (
            id BIGINT,
            k AS MOD(id, %d)
        ) WITH (
            'connector' = 'filesystem',
            'path' = '%s',
            'format' = 'csv',
            'source.monitor-interval' = '200 ms'
        );
        CREATE TABLE names (k BIGINT) WITH (
            'connector' = 'datagen',
            'number-of-rows' = '%d',
            'fields.k.kind' = 'sequence',
            'fields.k.start' = '0',
            'fields.k.end' = '%d'
        );
        CREATE TABLE counts (k BIGINT, c BIGINT, d BIGINT)
            WITH ('connector' = 'print', 'print-identifier' = 'counts%s');
        CREATE TABLE tops (k BIGINT, n BIGINT, id BIGINT)
            WITH ('connector' = 'print', 'print-identifier' = 'tops%s');

        EXECUTE STATEMENT SET BEGIN
        INSERT INTO counts SELECT k, COUNT(*), COUNT(DISTINCT MOD(id, 7)) FROM bids GROUP BY k;
        INSERT INTO tops SELECT k, n, id FROM (
            SELECT names.k, id, ROW_NUMBER() OVER (PARTITION BY names.k ORDER BY id DESC) AS n
            FROM bids JOIN names ON bids.k = names.k
        ) WHERE n <= 2;
        END;
        """
                .formatted(parallelism, savepoint, KEYS, bids, KEYS, KEYS - 1, name, name);
    }

    private static String submit(
            FlinkCluster cluster, String name, int parallelism, Path bids, String savepoint)
            throws Exception {
        Path file =
                cluster.installation()
                        .write(
                                "files/" + name + ".sql",
                                script(name, parallelism, bids, savepoint));
        ProcessResult client =
                cluster.installation().run("sql-client.sh", "-f", file.toString()).succeeded();
        Matcher job = Pattern.compile("Job ID: (\\p{XDigit}{32})").matcher(client.stdout());
        assertThat(job.find()).as(client.toString()).isTrue();
        return job.group(1);
    }

    private static void moveAcross(
            FlinkCluster from, FlinkCluster to, String format, int parallelism, String name)
            throws Exception {
        // given a query that has had all rows that there are for now
        Path bids = ours.directory(name);
        writeBids(bids, 0, FIRST_ROWS);
        String job = submit(from, name, 2, bids, "");
        awaitTables(from, job, name, FIRST_ROWS, from);

        // when it is stopped on one cluster and goes on on the other
        String savepoints = ours.directory("savepoints").toString();
        from.flink("stop", "--type", format, "--savepointPath", savepoints, job).succeeded();
        JsonNode savepoint =
                from.get("/jobs/" + job + "/checkpoints").get("latest").get("savepoint");
        Path path = Path.of(URI.create(savepoint.get("external_path").asText()));
        assertThat(anyFileSays("rocksdb.CappedPrefix", path))
                .as("filters in " + path)
                .isEqualTo(from == ours && format.equals("native"));
        String option = "SET 'execution.state-recovery.path' = '" + path + "';";
        writeBids(bids, FIRST_ROWS, ROWS);
        String resumed = submit(to, name, parallelism, bids, option);

        // then
        awaitTables(to, resumed, name, ROWS, from, to);
        assertThat(to.checkpoints(resumed, "restored")).isEqualTo(1);
        to.flink("cancel", resumed).succeeded();
    }

    private static void writeBids(Path directory, int first, int end) throws IOException {
        for (int file = first; file < end; file += ROWS_PER_FILE) {
            Files.write(
                    directory.resolve("bids-" + file + ".csv"),
                    IntStream.rangeClosed(file + 1, file + ROWS_PER_FILE)
                            .mapToObj(Integer::toString)
                            .toList());
        }
    }

    /** Waits until a running query has made its tables those of so many rows. */
    private static void awaitTables(
            FlinkCluster cluster, String job, String name, int rows, FlinkCluster... printers) {
        Map<String, Integer> expected = expected(name, rows);
        AtomicReference<Map<String, Integer>> last = new AtomicReference<>();
        try {
            cluster.rest()
                    .awaitRunning(
                            "the tables of " + rows + " rows by",
                            job,
                            description -> {
                                last.set(tables(name, printers));
                                return last.get().equals(expected);
                            });
        } catch (AssertionError e) {
            assertThat(last.get()).as(e.getMessage()).isEqualTo(expected);
            throw e;
        }
    }

    /** What the changes that clusters have printed add up to. */
    private static Map<String, Integer> tables(String name, FlinkCluster... printers)
            throws IOException {
        Map<String, Integer> tables = new HashMap<>();
        for (FlinkCluster cluster : printers) {
            Matcher change = CHANGE.matcher(cluster.installation().log("taskexecutor"));
            while (change.find()) {
                if (change.group(1).endsWith(name)) {
                    int count = change.group(2).equals("+") ? 1 : -1;
                    tables.merge(change.group(1) + change.group(3), count, Integer::sum);
                }
            }
        }
        tables.values().removeIf(count -> count == 0);
        return tables;
    }

    private static boolean anyFileSays(String text, Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (Files.readString(file, ISO_8859_1).contains(text)) {
                    return true;
                }
            }
            return false;
        }
    }

    private static Map<String, Integer> expected(String name, int rows) {
        Map<String, Integer> tables = new HashMap<>();
        for (int k = 0; k < KEYS; k++) {
            int last = k == 0 ? rows : rows - KEYS + k;
            tables.put("counts%s[%d, %d, 7]".formatted(name, k, rows / KEYS), 1);
            tables.put("tops%s[%d, 1, %d]".formatted(name, k, last), 1);
            tables.put("tops%s[%d, 2, %d]".formatted(name, k, last - KEYS), 1);
        }
        return tables;
    }
}
