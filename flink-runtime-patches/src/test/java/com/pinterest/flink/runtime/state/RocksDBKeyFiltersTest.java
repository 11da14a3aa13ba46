// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import javax.annotation.Nullable;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.state.AbstractKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.state.rocksdb.RocksDBKeyedStateBackend;
import org.apache.flink.state.rocksdb.RocksDBOptionsFactory;
import org.apache.flink.state.rocksdb.RocksDBStateInternals;
import org.apache.flink.streaming.api.graph.StreamConfig;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.StreamTask;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.SstFileReader;
import org.rocksdb.TableProperties;

/** Operators get the filters that they ask for, and no entry is lost by them. */
class RocksDBKeyFiltersTest {

    private static final int KEYS = 3000;
    private static final int KEY_GROUPS = 16;

    /** What an operator asks for. */
    private enum Asks {
        FOR_NOTHING,
        FOR_ENTRIES,
        FOR_PREFIXES
    }

    @TempDir private Path directory;

    @Test
    void filtersAreInTheFiles() throws Exception {
        List<TableProperties> none = files(Asks.FOR_NOTHING, new EmbeddedRocksDBStateBackend(true));
        assertThat(filterBytes(none)).isZero();
        assertThat(none).allMatch(file -> file.getIndexPartitions() == 0);

        List<TableProperties> entries =
                files(Asks.FOR_ENTRIES, new EmbeddedRocksDBStateBackend(true));
        assertThat(filterBytes(entries)).isBetween(KEYS * 10L / 8, KEYS * 15L / 8);
        assertThat(entries).allMatch(file -> file.getIndexPartitions() > 0);

        // A key has two entries. Its group takes one byte.
        List<TableProperties> prefixes =
                files(Asks.FOR_PREFIXES, new EmbeddedRocksDBStateBackend(true));
        assertThat(filterBytes(prefixes)).isBetween(KEYS * 10L / 16, KEYS * 15L / 16);
        assertThat(prefixes)
                .allMatch(file -> file.getPrefixExtractorName().equals("rocksdb.CappedPrefix.9"))
                .allMatch(file -> file.getIndexPartitions() > 0);
    }

    @Test
    void stateOfNullKeysHasNone() throws Exception {
        List<TableProperties> files =
                files(Asks.FOR_ENTRIES, new EmbeddedRocksDBStateBackend(true), Maps.OF_NULL);

        assertThat(files).isNotEmpty();
        assertThat(filterBytes(files)).isZero();
    }

    @Test
    void filtersThatAreConfiguredStay() throws Exception {
        Configuration configuration = new Configuration();
        configuration.setString("state.backend.rocksdb.use-bloom-filter", "true");
        configuration.setString("state.backend.rocksdb.bloom-filter.bits-per-key", "40");
        EmbeddedRocksDBStateBackend backend =
                new EmbeddedRocksDBStateBackend(true)
                        .configure(configuration, getClass().getClassLoader());

        assertThat(filterBytes(files(Asks.FOR_ENTRIES, backend))).isGreaterThan(KEYS * 30L / 8);
    }

    @Test
    void optionsOfTheUserStay() throws Exception {
        EmbeddedRocksDBStateBackend backend = new EmbeddedRocksDBStateBackend(true);
        backend.setRocksDBOptions(new UsersOptions());

        assertThat(filterBytes(files(Asks.FOR_PREFIXES, backend))).isZero();
    }

    @Test
    void filterOfWriteBufferIsSmallWhereThereAreFew() {
        assertThat(RocksDBKeyFilters.usableShare(64, null)).isEqualTo(1);
        assertThat(RocksDBKeyFilters.usableShare(64, 256L)).isEqualTo(1);
        assertThat(RocksDBKeyFilters.usableShare(64, 64L)).isEqualTo(0.25);
    }

    private static long filterBytes(List<TableProperties> files) {
        return files.stream().mapToLong(TableProperties::getFilterSize).sum();
    }

    /** The files of the map, with {@link #KEYS} entries in all. */
    private List<TableProperties> files(Asks asks, EmbeddedRocksDBStateBackend backend)
            throws Exception {
        return files(asks, backend, Maps.MAP);
    }

    /** The files of a state. */
    private List<TableProperties> files(
            Asks asks, EmbeddedRocksDBStateBackend backend, String state) throws Exception {
        Path database = Files.createTempDirectory(directory, "rocksdb");
        backend.setDbStoragePath(database.toString());
        try (KeyedOneInputStreamOperatorTestHarness<Long, Long, String> harness =
                open(asks, backend, 1, 0, null)) {
            feed(harness, 0, KEYS);
            harness.snapshot(1, 1);
            RocksDBKeyedStateBackend<?> keyed =
                    (RocksDBKeyedStateBackend<?>)
                            ((AbstractStreamOperator<?>) harness.getOperator())
                                    .getKeyedStateBackend();
            RocksDB live = RocksDBStateInternals.database(keyed);
            // A compaction may go on. Its inputs stay, and its output is not listed yet.
            live.disableFileDeletions();
            List<TableProperties> files = new ArrayList<>();
            for (LiveFileMetaData file : live.getLiveFilesMetaData()) {
                if (new String(file.columnFamilyName(), UTF_8).equals(state)) {
                    files.add(propertiesOf(file.path() + file.fileName()));
                }
            }
            return files;
        }
    }

    private static TableProperties propertiesOf(String file) throws Exception {
        try (Options options = new Options();
                SstFileReader reader = new SstFileReader(options)) {
            reader.open(file);
            return reader.getTableProperties();
        }
    }

    /** Keys find their entries, and no others, when state goes from one task to two and back. */
    @ParameterizedTest
    @CsvSource({
        "FOR_PREFIXES, FOR_PREFIXES, true, false",
        "FOR_PREFIXES, FOR_PREFIXES, true, true",
        "FOR_PREFIXES, FOR_PREFIXES, false, false",
        "FOR_PREFIXES, FOR_NOTHING, true, false",
        "FOR_PREFIXES, FOR_NOTHING, true, true",
        "FOR_PREFIXES, FOR_ENTRIES, true, false",
        "FOR_NOTHING, FOR_PREFIXES, true, false",
        "FOR_NOTHING, FOR_PREFIXES, true, true",
        "FOR_ENTRIES, FOR_PREFIXES, true, false",
        "FOR_ENTRIES, FOR_ENTRIES, true, true",
        "FOR_ENTRIES, FOR_ENTRIES, false, false"
    })
    void noEntryIsLost(Asks first, Asks then, boolean isIncremental, boolean ingests)
            throws Exception {
        Configuration configuration = new Configuration();
        configuration.setString(
                "state.backend.rocksdb.use-ingest-db-restore-mode", Boolean.toString(ingests));
        EmbeddedRocksDBStateBackend backend =
                new EmbeddedRocksDBStateBackend(isIncremental)
                        .configure(configuration, getClass().getClassLoader());

        OperatorSubtaskState whole;
        try (KeyedOneInputStreamOperatorTestHarness<Long, Long, String> harness =
                open(first, backend, 1, 0, null)) {
            feed(harness, 0, KEYS);
            whole = harness.snapshot(1, 1);
        }

        OperatorSubtaskState[] halves = new OperatorSubtaskState[2];
        Map<Long, String> seen = new TreeMap<>();
        for (int subtask = 0; subtask < 2; subtask++) {
            OperatorSubtaskState half =
                    AbstractStreamOperatorTestHarness.repartitionOperatorState(
                            whole, KEY_GROUPS, 1, 2, subtask);
            try (KeyedOneInputStreamOperatorTestHarness<Long, Long, String> harness =
                    open(then, backend, 2, subtask, half)) {
                seen.putAll(entries(harness, 0, KEYS + 10));
                halves[subtask] = harness.snapshot(2, 2);
            }
        }
        assertThat(seen).isEqualTo(expected());

        OperatorSubtaskState both =
                AbstractStreamOperatorTestHarness.repartitionOperatorState(
                        AbstractStreamOperatorTestHarness.repackageState(halves),
                        KEY_GROUPS,
                        2,
                        1,
                        0);
        try (KeyedOneInputStreamOperatorTestHarness<Long, Long, String> harness =
                open(first, backend, 1, 0, both)) {
            assertThat(entries(harness, 0, KEYS + 10)).isEqualTo(expected());
        }
    }

    /** What {@link #feed} makes of keys, and what is looked for behind them. */
    private static Map<Long, String> expected() {
        Map<Long, String> expected = new TreeMap<>();
        LongStream.range(0, KEYS + 10)
                .forEach(
                        key ->
                                expected.put(
                                        key,
                                        key < KEYS && key % 2 == 0
                                                ? "{0=0, 1=" + key + "}"
                                                : "{}"));
        return expected;
    }

    private static void feed(
            KeyedOneInputStreamOperatorTestHarness<Long, Long, String> harness, long from, long to)
            throws Exception {
        for (long key = from; key < to; key += 2) {
            harness.processElement(new StreamRecord<>(key));
        }
    }

    /** The entries of the keys that belong to a subtask. */
    private static Map<Long, String> entries(
            KeyedOneInputStreamOperatorTestHarness<Long, Long, String> harness, long from, long to)
            throws Exception {
        Maps operator = (Maps) harness.getOperator();
        Map<Long, String> entries = new TreeMap<>();
        for (long key = from; key < to; key++) {
            if (operator.isMine(key)) {
                entries.put(key, operator.entries(key));
            }
        }
        return entries;
    }

    private static KeyedOneInputStreamOperatorTestHarness<Long, Long, String> open(
            Asks asks,
            EmbeddedRocksDBStateBackend backend,
            int subtasks,
            int subtask,
            @Nullable OperatorSubtaskState state)
            throws Exception {
        KeyedOneInputStreamOperatorTestHarness<Long, Long, String> harness =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new Maps(asks), key -> key, Types.LONG, KEY_GROUPS, subtasks, subtask);
        harness.setStateBackend(backend);
        harness.setup();
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        return harness;
    }

    @Test
    void prefixesHaveBytes() {
        assertThatThrownBy(
                        () -> KeyFilters.askForPrefixes(new Configuration(), new OperatorID(), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0");
    }

    /** Has a map with two entries for each key that it gets, and one as of a null key. */
    private static final class Maps extends AbstractStreamOperator<String>
            implements OneInputStreamOperator<Long, String> {

        private static final long serialVersionUID = 1L;

        static final String MAP = "map";
        static final String OF_NULL = "map_null_state";

        private final Asks asks;
        private transient MapState<Long, Long> map;
        private transient ValueState<Long> ofNull;

        Maps(Asks asks) {
            this.asks = asks;
        }

        @Override
        protected void setup(
                StreamTask<?, ?> task, StreamConfig config, Output<StreamRecord<String>> output) {
            super.setup(task, config, output);
            Configuration ofTask = task.getEnvironment().getTaskConfiguration();
            if (asks == Asks.FOR_ENTRIES) {
                KeyFilters.askForEntries(ofTask, getOperatorID());
            } else if (asks == Asks.FOR_PREFIXES) {
                KeyFilters.askForPrefixes(ofTask, getOperatorID(), Long.BYTES);
            }
        }

        @Override
        public void open() throws Exception {
            super.open();
            map =
                    getRuntimeContext()
                            .getMapState(new MapStateDescriptor<>(MAP, Types.LONG, Types.LONG));
            ofNull = getRuntimeContext().getState(new ValueStateDescriptor<>(OF_NULL, Types.LONG));
        }

        @Override
        public void processElement(StreamRecord<Long> record) throws Exception {
            map.put(0L, 0L);
            map.put(1L, record.getValue());
            ofNull.update(record.getValue());
        }

        boolean isMine(long key) {
            return ((AbstractKeyedStateBackend<?>) getKeyedStateBackend())
                    .getKeyGroupRange()
                    .contains(KeyGroupRangeAssignment.assignToKeyGroup(key, KEY_GROUPS));
        }

        String entries(long key) throws Exception {
            setCurrentKey(key);
            Map<Long, Long> entries = new TreeMap<>();
            map.entries().forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
            return entries.toString();
        }
    }

    /** Options that are as they were. */
    private static final class UsersOptions implements RocksDBOptionsFactory {

        private static final long serialVersionUID = 1L;

        @Override
        public DBOptions createDBOptions(
                DBOptions currentOptions, Collection<AutoCloseable> handlesToClose) {
            return currentOptions;
        }

        @Override
        public ColumnFamilyOptions createColumnOptions(
                ColumnFamilyOptions currentOptions, Collection<AutoCloseable> handlesToClose) {
            return currentOptions;
        }
    }
}
