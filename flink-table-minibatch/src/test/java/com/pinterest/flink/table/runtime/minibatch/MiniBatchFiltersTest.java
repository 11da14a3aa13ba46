// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.table.runtime.minibatch.QueryRun.Form;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.InjectMiniCluster;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;
import org.rocksdb.TableProperties;

/** What RocksDB's files have of filters, as a savepoint of a running query shows them. */
class MiniBatchFiltersTest {

    @RegisterExtension
    static final MiniClusterExtension CLUSTER =
            new MiniClusterExtension(
                    new MiniClusterResourceConfiguration.Builder()
                            .setNumberTaskManagers(1)
                            .setNumberSlotsPerTaskManager(1)
                            .build());

    private static final String NONE = "none";
    private static final String OF_ENTRIES = "of entries";

    /** The group of the key, its length, the bits for nulls and one field. */
    private static final String OF_PREFIXES = "of 21 bytes";

    private static final String TOP_N =
            "SELECT k, v, n FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v) AS n"
                    + " FROM inserts) WHERE n <= 2";

    @TempDir private Path directory;

    @BeforeAll
    static void loadRocksDB() {
        RocksDB.loadLibrary();
    }

    @Test
    void topNFiltersKeys(@InjectMiniCluster MiniCluster cluster) throws Exception {
        assertThat(filters(TOP_N, Map.of(), cluster))
                .isEqualTo(Map.of("data-state-with-append", OF_PREFIXES));
    }

    @Test
    void joinFiltersKeys(@InjectMiniCluster MiniCluster cluster) throws Exception {
        String join = "SELECT t.v, u.v FROM t JOIN u ON ";

        assertThat(filters(join + "t.k = u.k", Map.of(), cluster))
                .isEqualTo(Map.of("left-records", OF_PREFIXES, "right-records", OF_PREFIXES));
        assertThat(filters(join + "t.k = u.k AND t.s = u.s", Map.of(), cluster))
                .isEqualTo(Map.of("left-records", "of 29 bytes", "right-records", "of 29 bytes"));
        assertThat(filters(join + "t.s = u.s", Map.of(), cluster))
                .as("texts have no bytes that all have")
                .isEqualTo(Map.of("left-records", NONE, "right-records", NONE));
    }

    @Test
    void aggregationFiltersEntries(@InjectMiniCluster MiniCluster cluster) throws Exception {
        String query = "SELECT s, COUNT(*), COUNT(DISTINCT v) FROM t GROUP BY s";

        assertThat(filters(query, Map.of(), cluster))
                .isEqualTo(
                        Map.of(
                                "accState",
                                OF_ENTRIES,
                                "distinctAcc_0",
                                OF_ENTRIES,
                                "distinctAcc_0_null_state",
                                NONE));
    }

    @Test
    void normalizationFiltersRows(@InjectMiniCluster MiniCluster cluster) throws Exception {
        assertThat(filters("SELECT * FROM t", Map.of(), Form.UPSERTS, cluster))
                .isEqualTo(Map.of("deduplicate-state", OF_ENTRIES));
    }

    @Test
    void nothingIsFilteredWhereThatIsOff(@InjectMiniCluster MiniCluster cluster) throws Exception {
        for (Map<String, String> off :
                List.of(
                        Map.of(MiniBatchOptions.KEY_FILTERS.key(), "false"),
                        Map.of(MiniBatchOptions.TOP_N.key(), "false"),
                        Map.of("pinterest.features", "none"))) {
            assertThat(filters(TOP_N, off, cluster))
                    .as("%s", off)
                    .isEqualTo(Map.of("data-state-with-append", NONE));
        }
    }

    private Map<String, String> filters(
            String query, Map<String, String> options, MiniCluster cluster) throws Exception {
        return filters(query, options, Form.PLAIN, cluster);
    }

    /** What filters there are, by the name of the state. */
    private Map<String, String> filters(
            String query, Map<String, String> options, Form form, MiniCluster cluster)
            throws Exception {
        Map<String, String> all = new HashMap<>(options);
        all.put("table.exec.mini-batch.enabled", "true");
        all.put("table.exec.mini-batch.allow-latency", "1 h");
        all.put("table.exec.mini-batch.size", "100");
        all.put("table.optimizer.agg-phase-strategy", "ONE_PHASE");
        all.put("state.backend.type", "rocksdb");
        all.put("execution.checkpointing.data-inline-threshold", "0 b");
        all.put("parallelism.default", "1");
        List<Row> changes = Changelog.random(new Random(1), 200);
        Path savepoints = Files.createTempDirectory(directory, "savepoints");
        new QueryRun(query, changes, changes, form)
                .table(all, 200, all, SavepointFormatType.NATIVE, savepoints, cluster);

        Map<String, String> filters = new TreeMap<>();
        for (Path file : files(savepoints)) {
            try (Options reading = new Options();
                    SstFileReader reader = new SstFileReader(reading)) {
                reader.open(file.toString());
                TableProperties properties = reader.getTableProperties();
                filters.put(
                        new String(properties.getColumnFamilyName(), UTF_8), filter(properties));
            } catch (RocksDBException e) {
                // Another file of the savepoint.
            }
        }
        return filters;
    }

    private static List<Path> files(Path directory) throws Exception {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).collect(Collectors.toList());
        }
    }

    private static String filter(TableProperties properties) {
        String prefix = "rocksdb.CappedPrefix.";
        String extractor = properties.getPrefixExtractorName();
        if (properties.getFilterSize() == 0) {
            return NONE;
        }
        return extractor.startsWith(prefix)
                ? "of " + extractor.substring(prefix.length()) + " bytes"
                : OF_ENTRIES;
    }
}
