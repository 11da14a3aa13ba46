// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.kryo;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.serialization.SerializationFeature;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.checkpoint.CheckpointType;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.checkpoint.SnapshotType;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.runtime.state.storage.FileSystemCheckpointStorage;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * State of all kinds whose keys and values go through Kryo and end in an array of fewer than 8
 * bytes is there after it was restored from a snapshot of any kind.
 */
class KryoStateTest {

    private static final int KEYS = 40;
    private static final int KEY_GROUPS = 4;

    private static final TypeInformation<Sample> TYPE = new GenericTypeInfo<>(Sample.class);

    private enum Backend {
        HEAP,
        ROCKSDB;

        StateBackend make(Path directory) {
            if (this == HEAP) {
                return new HashMapStateBackend();
            }
            EmbeddedRocksDBStateBackend backend = new EmbeddedRocksDBStateBackend(true);
            backend.setDbStoragePath(directory.toString());
            return backend;
        }
    }

    @SuppressWarnings("ImmutableEnumChecker") // A SnapshotType is immutable.
    private enum Snapshot {
        CHECKPOINT(CheckpointType.CHECKPOINT),
        FULL_CHECKPOINT(CheckpointType.FULL_CHECKPOINT),
        CANONICAL(SavepointType.savepoint(SavepointFormatType.CANONICAL)),
        NATIVE(SavepointType.savepoint(SavepointFormatType.NATIVE));

        private final SnapshotType type;

        Snapshot(SnapshotType type) {
            this.type = type;
        }
    }

    @TempDir private Path directory;

    @AfterEach
    void decideForTheOthers() {
        SerializationFeature.decide(true);
    }

    static List<Arguments> cases() {
        List<Arguments> cases = new ArrayList<>();
        for (boolean feature : new boolean[] {true, false}) {
            for (Backend from : Backend.values()) {
                for (Snapshot snapshot : Snapshot.values()) {
                    for (boolean compressed : new boolean[] {false, true}) {
                        cases.add(Arguments.of(feature, from, snapshot, from, compressed));
                    }
                }
            }
            cases.add(
                    Arguments.of(
                            feature, Backend.HEAP, Snapshot.CANONICAL, Backend.ROCKSDB, false));
            cases.add(
                    Arguments.of(
                            feature, Backend.ROCKSDB, Snapshot.CANONICAL, Backend.HEAP, false));
        }
        return cases;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void noStateIsLost(
            boolean feature, Backend from, Snapshot snapshot, Backend to, boolean compressed)
            throws Exception {
        SerializationFeature.decide(feature);
        OperatorSubtaskState state;
        try (KeyedOneInputStreamOperatorTestHarness<Sample, Sample, Integer> harness =
                harness(from, compressed)) {
            harness.open();
            for (int key = 0; key < KEYS; key++) {
                harness.processElement(new StreamRecord<>(new Sample(key)));
            }
            state = harness.snapshotWithLocalState(1, 1, snapshot.type).getJobManagerOwnedState();
        }

        try (KeyedOneInputStreamOperatorTestHarness<Sample, Sample, Integer> harness =
                harness(to, compressed)) {
            harness.initializeState(state);
            harness.open();
            States states = (States) harness.getOperator();

            List<Integer> keys = IntStream.range(0, KEYS).boxed().collect(Collectors.toList());
            for (int key : keys) {
                assertThat(states.ofKey(key)).as("key %s", key).isEqualTo(expectedOfKey(key));
            }
            List<Sample> samples = keys.stream().map(Sample::new).collect(Collectors.toList());
            assertThat(states.split.get()).containsExactlyElementsOf(samples);
            assertThat(states.union.get()).containsExactlyElementsOf(samples);
            assertThat(states.broadcast()).isEqualTo(expectedBroadcast());
            harness.processWatermark(Long.MAX_VALUE);
            assertThat(harness.extractOutputValues()).containsExactlyInAnyOrderElementsOf(keys);
        }
    }

    /** Upstream restores this without an error, and without the state of some keys. */
    @ParameterizedTest
    @CsvSource({"true,CANONICAL", "true,NATIVE", "false,CANONICAL", "false,NATIVE"})
    void noKeyIsLostOnTheHeap(boolean feature, Snapshot snapshot) throws Exception {
        SerializationFeature.decide(feature);
        OperatorSubtaskState state;
        try (KeyedOneInputStreamOperatorTestHarness<Integer, Integer, Integer> harness =
                set(harness(new Shorts(), number -> number, Types.INT, 128), Backend.HEAP, false)) {
            harness.open();
            for (int key = 0; key < 20; key++) {
                harness.processElement(new StreamRecord<>(key));
            }
            state = harness.snapshotWithLocalState(1, 1, snapshot.type).getJobManagerOwnedState();
        }

        try (KeyedOneInputStreamOperatorTestHarness<Integer, Integer, Integer> harness =
                set(harness(new Shorts(), number -> number, Types.INT, 128), Backend.HEAP, false)) {
            harness.initializeState(state);
            harness.open();
            Shorts shorts = (Shorts) harness.getOperator();

            for (int key = 0; key < 20; key++) {
                assertThat(shorts.ofKey(key)).as("key %s", key).isEqualTo(Shorts.of(key));
            }
        }
    }

    private KeyedOneInputStreamOperatorTestHarness<Sample, Sample, Integer> harness(
            Backend backend, boolean compressed) throws Exception {
        return set(harness(new States(), sample -> sample, TYPE, KEY_GROUPS), backend, compressed);
    }

    private static <K> KeyedOneInputStreamOperatorTestHarness<K, K, Integer> harness(
            OneInputStreamOperator<K, Integer> operator,
            KeySelector<K, K> selector,
            TypeInformation<K> keyType,
            int keyGroups)
            throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                operator, selector, keyType, keyGroups, 1, 0);
    }

    private <K> KeyedOneInputStreamOperatorTestHarness<K, K, Integer> set(
            KeyedOneInputStreamOperatorTestHarness<K, K, Integer> harness,
            Backend backend,
            boolean compressed) {
        harness.getExecutionConfig().setUseSnapshotCompression(compressed);
        harness.setStateBackend(backend.make(directory));
        // In files, not in handles that hold the bytes.
        harness.setCheckpointStorage(new FileSystemCheckpointStorage(directory.toUri(), 0));
        harness.setup();
        return harness;
    }

    /** Has three numbers for each key. */
    private static final class Shorts extends AbstractStreamOperator<Integer>
            implements OneInputStreamOperator<Integer, Integer> {

        private static final long serialVersionUID = 1L;

        private transient ValueState<short[]> value;

        @Override
        public void open() throws Exception {
            super.open();
            value =
                    getRuntimeContext()
                            .getState(
                                    new ValueStateDescriptor<>(
                                            "value", new GenericTypeInfo<>(short[].class)));
        }

        @Override
        public void processElement(StreamRecord<Integer> record) throws Exception {
            value.update(of(record.getValue()));
        }

        private short[] ofKey(int key) throws Exception {
            setCurrentKey(key);
            return value.value();
        }

        private static short[] of(int key) {
            return new short[] {(short) key, (short) -key, (short) (key * key)};
        }
    }

    private static String expectedOfKey(int key) {
        return new Sample(key + 1)
                + " "
                + List.of(new Sample(key), new Sample(key + 1), new Sample(key + 2))
                + " "
                + new TreeMap<>(Map.of(1, new Sample(key), 2, new Sample(key + 1)));
    }

    private static Map<Integer, String> expectedBroadcast() {
        Map<Integer, String> expected = new TreeMap<>();
        for (int key = 0; key < KEYS; key++) {
            expected.put(key, new Sample(key + 2).toString());
        }
        return expected;
    }

    /** What Kryo writes ends in an array of fewer than 8 bytes. */
    private static final class Sample {
        private final int number;
        private final Object tail;

        private Sample(int number) {
            this.number = number;
            short first = (short) (number * 257);
            switch (number % 4) {
                case 0:
                    tail = new short[] {first, -1, (short) number};
                    break;
                case 1:
                    tail = new char[] {(char) first, 'b'};
                    break;
                case 2:
                    tail = new float[] {number / 3f};
                    break;
                default:
                    tail = new short[] {first};
            }
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Sample && toString().equals(other.toString());
        }

        @Override
        public int hashCode() {
            return number;
        }

        @Override
        public String toString() {
            return number + Arrays.deepToString(new Object[] {tail});
        }
    }

    /** Has state of each kind, and a timer. */
    private static final class States extends AbstractStreamOperator<Integer>
            implements OneInputStreamOperator<Sample, Integer>, Triggerable<Sample, VoidNamespace> {

        private static final long serialVersionUID = 1L;

        private static final MapStateDescriptor<Sample, Sample> BROADCAST =
                new MapStateDescriptor<>("broadcast", TYPE, TYPE);

        private transient ValueState<Sample> value;
        private transient ListState<Sample> list;
        private transient MapState<Sample, Sample> map;
        private transient ListState<Sample> split;
        private transient ListState<Sample> union;
        private transient InternalTimerService<VoidNamespace> timers;

        @Override
        public void initializeState(StateInitializationContext context) throws Exception {
            super.initializeState(context);
            OperatorStateStore operatorState = context.getOperatorStateStore();
            split = operatorState.getListState(new ListStateDescriptor<>("split", TYPE));
            union = operatorState.getUnionListState(new ListStateDescriptor<>("union", TYPE));
            operatorState.getBroadcastState(BROADCAST);
        }

        @Override
        public void open() throws Exception {
            super.open();
            value = getRuntimeContext().getState(new ValueStateDescriptor<>("value", TYPE));
            list = getRuntimeContext().getListState(new ListStateDescriptor<>("list", TYPE));
            map = getRuntimeContext().getMapState(new MapStateDescriptor<>("map", TYPE, TYPE));
            timers = getInternalTimerService("timers", VoidNamespaceSerializer.INSTANCE, this);
        }

        @Override
        public void processElement(StreamRecord<Sample> record) throws Exception {
            Sample sample = record.getValue();
            Sample next = new Sample(sample.number + 1);
            Sample last = new Sample(sample.number + 2);
            value.update(next);
            list.addAll(List.of(sample, next, last));
            map.put(new Sample(1), sample);
            map.put(new Sample(2), next);
            split.add(sample);
            union.add(sample);
            getOperatorStateBackend().getBroadcastState(BROADCAST).put(sample, last);
            timers.registerEventTimeTimer(VoidNamespace.INSTANCE, 1000 + sample.number % 3);
        }

        private String ofKey(int key) throws Exception {
            setCurrentKey(new Sample(key));
            List<Sample> inList = new ArrayList<>();
            list.get().forEach(inList::add);
            Map<Integer, Sample> inMap = new TreeMap<>();
            map.entries().forEach(entry -> inMap.put(entry.getKey().number, entry.getValue()));
            return value.value() + " " + inList + " " + inMap;
        }

        private Map<Integer, String> broadcast() throws Exception {
            Map<Integer, String> entries = new TreeMap<>();
            getOperatorStateBackend()
                    .getBroadcastState(BROADCAST)
                    .immutableEntries()
                    .forEach(
                            entry ->
                                    entries.put(
                                            entry.getKey().number, entry.getValue().toString()));
            return entries;
        }

        @Override
        public void onEventTime(InternalTimer<Sample, VoidNamespace> timer) {
            output.collect(new StreamRecord<>(timer.getKey().number));
        }

        @Override
        public void onProcessingTime(InternalTimer<Sample, VoidNamespace> timer) {
            throw new UnsupportedOperationException("There are no such timers.");
        }
    }
}
