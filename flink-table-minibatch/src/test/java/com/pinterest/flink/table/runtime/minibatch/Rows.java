// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import javax.annotation.Nullable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.data.writer.BinaryRowWriter;
import org.apache.flink.table.runtime.generated.GeneratedProjection;
import org.apache.flink.table.runtime.generated.GeneratedRecordComparator;
import org.apache.flink.table.runtime.generated.GeneratedRecordEqualiser;
import org.apache.flink.table.runtime.generated.Projection;
import org.apache.flink.table.runtime.generated.RecordComparator;
import org.apache.flink.table.runtime.generated.RecordEqualiser;
import org.apache.flink.table.runtime.keyselector.BinaryRowDataKeySelector;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.types.RowKind;

/** Rows of integers, and what operators need to know of them. */
public final class Rows {

    private Rows() {}

    /**
     * Random numbers that differ from the first one on between seeds that follow each other; those
     * of {@link Random} itself begin alike.
     */
    public static Random random(long seed) {
        return new Random(seed * 0x9e3779b97f4a7c15L);
    }

    /** A random one of some values. */
    @SafeVarargs
    public static <T> T oneOf(Random random, T... values) {
        return values[random.nextInt(values.length)];
    }

    /** A row; nulls are allowed. */
    public static RowData row(RowKind kind, Integer... fields) {
        GenericRowData row = GenericRowData.of((Object[]) fields);
        row.setRowKind(kind);
        return row;
    }

    /** The type of rows with so many fields. */
    public static InternalTypeInfo<RowData> type(int fields) {
        return InternalTypeInfo.ofFields(
                Collections.nCopies(fields, new IntType()).toArray(new LogicalType[0]));
    }

    private static Integer field(RowData row, int index) {
        return row.isNullAt(index) ? null : row.getInt(index);
    }

    /** Some fields as a key, in one row that is used again, as the planner generates it. */
    public static BinaryRowDataKeySelector fields(int... indexes) {
        return new BinaryRowDataKeySelector(
                type(indexes.length),
                new GeneratedProjection("", "", new Object[0], new Configuration()) {
                    private static final long serialVersionUID = 1L;

                    @Override
                    @SuppressWarnings("rawtypes")
                    public Projection newInstance(ClassLoader loader) {
                        BinaryRowData key = new BinaryRowData(indexes.length);
                        BinaryRowWriter writer = new BinaryRowWriter(key);
                        return (Projection<RowData, BinaryRowData>)
                                row -> {
                                    writer.reset();
                                    for (int i = 0; i < indexes.length; i++) {
                                        if (row.isNullAt(indexes[i])) {
                                            writer.setNullAt(i);
                                        } else {
                                            writer.writeInt(i, row.getInt(indexes[i]));
                                        }
                                    }
                                    writer.complete();
                                    return key;
                                };
                    }
                });
    }

    /** The order of rows by their first field. */
    public static GeneratedRecordComparator byFirst() {
        return comparator((one, other) -> Integer.compare(one.getInt(0), other.getInt(0)));
    }

    /** An order of rows. */
    public static GeneratedRecordComparator comparator(RecordComparator comparator) {
        return new GeneratedRecordComparator("", "", new Object[0]) {
            private static final long serialVersionUID = 1L;

            @Override
            public RecordComparator newInstance(ClassLoader loader) {
                return comparator;
            }
        };
    }

    /** Whether rows have the same fields, of so many. */
    public static GeneratedRecordEqualiser equaliser(int fields) {
        return equaliser((one, other) -> values(one, fields).equals(values(other, fields)));
    }

    /** Finds rows equal that are of one kind, too, as generated ones do. */
    public static GeneratedRecordEqualiser strictEqualiser(int fields) {
        return equaliser(
                (one, other) ->
                        one.getRowKind() == other.getRowKind()
                                && values(one, fields).equals(values(other, fields)));
    }

    private static GeneratedRecordEqualiser equaliser(RecordEqualiser equaliser) {
        return new GeneratedRecordEqualiser("", "", new Object[0], new Configuration()) {
            private static final long serialVersionUID = 1L;

            @Override
            public RecordEqualiser newInstance(ClassLoader loader) {
                return equaliser;
            }
        };
    }

    private static List<Integer> values(RowData row, int fields) {
        List<Integer> values = new ArrayList<>();
        for (int i = 0; i < fields; i++) {
            values.add(field(row, i));
        }
        return values;
    }

    /**
     * Opens an operator on a state backend.
     *
     * @param state to go on from; null for none
     * @param types of what it emits
     */
    public static void open(
            AbstractStreamOperatorTestHarness<RowData> harness,
            boolean isOnHeap,
            @Nullable OperatorSubtaskState state,
            LogicalType... types)
            throws Exception {
        StateBackend backend =
                isOnHeap ? new HashMapStateBackend() : new EmbeddedRocksDBStateBackend(true);
        harness.setStateBackend(backend);
        harness.setup(InternalTypeInfo.ofFields(types).toRowSerializer());
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
    }

    /** The changes that an operator has emitted, as text. */
    public static List<String> emitted(
            AbstractStreamOperatorTestHarness<RowData> harness, LogicalType... types) {
        RowData.FieldGetter[] getters = new RowData.FieldGetter[types.length];
        Arrays.setAll(getters, i -> RowData.createFieldGetter(types[i], i));
        return harness.extractOutputValues().stream()
                .map(row -> row.getRowKind().shortString() + text(row, getters))
                .collect(Collectors.toList());
    }

    private static String text(RowData row, RowData.FieldGetter[] getters) {
        return Arrays.stream(getters)
                .map(getter -> Objects.toString(getter.getFieldOrNull(row)))
                .collect(Collectors.joining(", ", "[", "]"));
    }

    /**
     * The table that changes make, and how often each row is there.
     *
     * @throws AssertionError if a row goes that is not there
     */
    public static Map<String, Integer> table(List<String> changes) {
        Map<String, Integer> table = new HashMap<>();
        for (String change : changes) {
            boolean isGone = change.startsWith("-");
            int count = table.merge(change.substring(2), isGone ? -1 : 1, Integer::sum);
            if (count < 0) {
                throw new AssertionError(change + " in " + changes);
            }
        }
        table.values().removeIf(count -> count == 0);
        return table;
    }

    /** The table that changes make by some of their fields, for which the last change counts. */
    public static Map<String, String> tableByKey(List<String> changes, int... key) {
        Map<String, String> table = new HashMap<>();
        for (String change : changes) {
            String row = change.substring(2);
            if (change.startsWith("-")) {
                table.remove(key(row, key));
            } else {
                table.put(key(row, key), row);
            }
        }
        return table;
    }

    private static String key(String row, int... fields) {
        String[] all = row.substring(1, row.length() - 1).split(", ", -1);
        return Arrays.stream(fields).mapToObj(i -> all[i]).collect(Collectors.joining(", "));
    }

    /** Gives rows to an operator as binary ones, which it gets from the network. */
    public static final class Feed {

        private final RowDataSerializer serializer;
        private final boolean isReused;

        /**
         * Feeds rows.
         *
         * @param fields how many fields they have
         * @param isReused whether all are in the same object
         */
        public Feed(int fields, boolean isReused) {
            this.serializer = type(fields).toRowSerializer();
            this.isReused = isReused;
        }

        /** The same row. */
        public StreamRecord<RowData> of(RowData row) {
            BinaryRowData binary = serializer.toBinaryRow(row);
            return new StreamRecord<>(isReused ? binary : binary.copy());
        }
    }
}
