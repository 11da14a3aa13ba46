// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.deduplication;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/**
 * The subtasks of a deduplication of strings by themselves, which can be stopped and started with
 * another parallelism.
 */
final class OperatorCluster implements AutoCloseable {

    static final int MAX_PARALLELISM = 128;
    static final OutputTag<String> LATE = Deduplication.lateTag(Types.STRING);
    static final OutputTag<String> DUPLICATES = new OutputTag<>("duplicates", Types.STRING);

    private final StateBackend backend;
    private final List<KeyedOneInputStreamOperatorTestHarness<Integer, String, String>> subtasks =
            new ArrayList<>();

    private Settings<String> settings;
    private PageSelector<String, String> selector;
    private long processingTime;

    OperatorCluster(StateBackend backend) {
        this.backend = backend;
    }

    /** The state of all subtasks. */
    record Checkpoint(OperatorSubtaskState state, int parallelism) {}

    /** What became of a record. */
    enum Fate {
        EMITTED,
        DUPLICATE,
        LATE,
        DROPPED
    }

    static Deduplication<String, String> deduplication() {
        return Deduplication.by((String value) -> value, Types.STRING).withDuplicatesTo(DUPLICATES);
    }

    static OperatorCluster onHeap(Deduplication<String, String> deduplication) throws Exception {
        OperatorCluster cluster = new OperatorCluster(new HashMapStateBackend());
        cluster.start(deduplication, 1, null);
        return cluster;
    }

    /** Starts the subtasks, with the state of a checkpoint or with none. */
    void start(Deduplication<String, String> deduplication, int parallelism, Checkpoint checkpoint)
            throws Exception {
        start(deduplication, StringSerializer.INSTANCE, parallelism, checkpoint);
    }

    /** As {@link #start(Deduplication, int, Checkpoint)}, with another serializer. */
    void start(
            Deduplication<String, String> deduplication,
            TypeSerializer<String> keySerializer,
            int parallelism,
            Checkpoint checkpoint)
            throws Exception {
        stop();
        settings = new Settings<>(deduplication, LATE);
        selector = new PageSelector<>(value -> value, keySerializer, settings.pages);
        for (int i = 0; i < parallelism; i++) {
            KeyedOneInputStreamOperatorTestHarness<Integer, String, String> subtask =
                    new KeyedOneInputStreamOperatorTestHarness<>(
                            new DeduplicationOperator<>(value -> value, keySerializer, settings),
                            selector,
                            Types.INT,
                            MAX_PARALLELISM,
                            parallelism,
                            i);
            subtasks.add(subtask);
            subtask.setStateBackend(backend);
            subtask.setProcessingTime(processingTime);
            if (checkpoint != null) {
                subtask.initializeState(
                        AbstractStreamOperatorTestHarness.repartitionOperatorState(
                                checkpoint.state(),
                                MAX_PARALLELISM,
                                checkpoint.parallelism(),
                                parallelism,
                                i));
            }
            subtask.open();
        }
    }

    Checkpoint checkpoint(long id) throws Exception {
        OperatorSubtaskState[] states = new OperatorSubtaskState[subtasks.size()];
        for (int i = 0; i < states.length; i++) {
            states[i] = subtasks.get(i).snapshot(id, id);
        }
        return new Checkpoint(
                AbstractStreamOperatorTestHarness.repackageState(states), states.length);
    }

    Fate process(String value, long time) throws Exception {
        return process(new StreamRecord<>(value, time));
    }

    Fate process(StreamRecord<String> record) throws Exception {
        int subtask =
                KeyGroupRangeAssignment.assignKeyToParallelOperator(
                        selector.getKey(record.getValue()), MAX_PARALLELISM, subtasks.size());
        var harness = subtasks.get(subtask);
        harness.processElement(record);
        if (harness.getOutput().stream().anyMatch(StreamRecord.class::isInstance)) {
            harness.getOutput().clear();
            return Fate.EMITTED;
        }
        if (clear(harness, DUPLICATES)) {
            return Fate.DUPLICATE;
        }
        return clear(harness, LATE) ? Fate.LATE : Fate.DROPPED;
    }

    private static boolean clear(
            KeyedOneInputStreamOperatorTestHarness<Integer, String, String> harness,
            OutputTag<String> tag) {
        var records = harness.getSideOutput(tag);
        if (records == null || records.isEmpty()) {
            return false;
        }
        records.clear();
        return true;
    }

    void watermark(long time) throws Exception {
        for (var subtask : subtasks) {
            subtask.processWatermark(time);
            subtask.getOutput().clear();
        }
    }

    void processingTime(long time) throws Exception {
        processingTime = time;
        for (var subtask : subtasks) {
            subtask.setProcessingTime(time);
        }
    }

    /** The number of values in the keyed state of all subtasks; only on the heap. */
    int stateEntries() {
        return subtasks.stream().mapToInt(subtask -> subtask.numKeyedStateEntries()).sum();
    }

    private void stop() throws Exception {
        for (var subtask : subtasks) {
            subtask.close();
        }
        subtasks.clear();
    }

    @Override
    public void close() {
        try {
            stop();
        } catch (Exception e) {
            throw new AssertionError("A subtask cannot be closed", e);
        }
    }
}
