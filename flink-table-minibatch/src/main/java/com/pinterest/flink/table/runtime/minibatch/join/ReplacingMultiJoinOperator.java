// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.annotation.Nullable;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.generated.GeneratedJoinCondition;
import org.apache.flink.table.runtime.generated.MultiJoinCondition;
import org.apache.flink.table.runtime.operators.join.FlinkJoinType;
import org.apache.flink.table.runtime.operators.join.stream.StreamingMultiJoinOperator;
import org.apache.flink.table.runtime.operators.join.stream.keyselector.AttributeBasedJoinKeyExtractor.ConditionAttributeRef;
import org.apache.flink.table.runtime.operators.join.stream.keyselector.JoinKeyExtractor;
import org.apache.flink.table.runtime.operators.join.stream.utils.JoinInputSideSpec;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;

/**
 * A join of several inputs, like upstream's, for inputs that may replace a row by unique key
 * without a retraction. The replaced row is deleted first: it may have matched other rows, and may
 * be in the state under another join key. State is upstream's.
 */
public final class ReplacingMultiJoinOperator extends StreamingMultiJoinOperator {

    private static final long serialVersionUID = 1L;

    private final List<JoinInputSideSpec> keys;
    private final List<RowType> types;
    private final ReplacementOutput results;

    /** The rows of each input; null for an input without a unique key. */
    private transient List<MapState<RowData, RowData>> rows;

    private transient List<RowDataSerializer> serializers;

    /** For each input, the columns of a result that belong to other inputs. */
    private transient List<Function<RowData, RowData>> others;

    /** Creates the operator with the arguments of upstream's. */
    public ReplacingMultiJoinOperator(
            StreamOperatorParameters<RowData> parameters,
            List<RowType> types,
            List<JoinInputSideSpec> keys,
            List<FlinkJoinType> joins,
            @Nullable MultiJoinCondition condition,
            long[] ttlMillis,
            GeneratedJoinCondition[] conditions,
            JoinKeyExtractor keyExtractor,
            Map<Integer, List<ConditionAttributeRef>> attributes) {
        super(
                withOutput(parameters, new ReplacementOutput(parameters.getOutput())),
                types,
                keys,
                joins,
                condition,
                ttlMillis,
                conditions,
                keyExtractor,
                attributes);
        this.keys = keys;
        this.types = types;
        this.results = (ReplacementOutput) output;
    }

    private static StreamOperatorParameters<RowData> withOutput(
            StreamOperatorParameters<RowData> parameters, ReplacementOutput output) {
        return new StreamOperatorParameters<>(
                parameters.getContainingTask(),
                parameters.getStreamConfig(),
                output,
                parameters::getProcessingTimeService,
                parameters.getOperatorEventDispatcher(),
                parameters.getMailboxExecutor());
    }

    @Override
    public void open() throws Exception {
        super.open();
        rows = new ArrayList<>(types.size());
        serializers = new ArrayList<>(types.size());
        others = new ArrayList<>(types.size());
        for (int i = 0; i < types.size(); i++) {
            InternalTypeInfo<RowData> type = InternalTypeInfo.of(types.get(i));
            serializers.add(type.toRowSerializer());
            // A name has only one state: this is upstream's, which has other keys.
            rows.add(
                    keys.get(i).hasUniqueKey()
                            ? getRuntimeContext()
                                    .getMapState(
                                            new MapStateDescriptor<>(
                                                    "multi-join-input-" + i, type, type))
                            : null);
            others.add(columnsOfOthers(i));
        }
    }

    private Function<RowData, RowData> columnsOfOthers(int input) {
        List<LogicalType> columns = new ArrayList<>();
        List<RowData.FieldGetter> getters = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < types.size(); i++) {
            for (int j = 0; i != input && j < types.get(i).getFieldCount(); j++) {
                LogicalType column = types.get(i).getTypeAt(j);
                columns.add(column.copy(true));
                getters.add(RowData.createFieldGetter(column.copy(true), start + j));
            }
            start += types.get(i).getFieldCount();
        }
        RowDataSerializer serializer = new RowDataSerializer(columns.toArray(new LogicalType[0]));
        return result -> {
            Object[] values = new Object[getters.size()];
            Arrays.setAll(values, i -> getters.get(i).getFieldOrNull(result));
            return serializer.toBinaryRow(GenericRowData.of(values)).copy();
        };
    }

    @Override
    public void processElement(int input, StreamRecord<RowData> record) throws Exception {
        RowKind kind = record.getValue().getRowKind();
        // A deletion may contain only its key.
        boolean dependsOnStored = kind == RowKind.UPDATE_AFTER || kind == RowKind.DELETE;
        RowData stored = dependsOnStored ? storedLike(input, record.getValue()) : null;
        if (stored == null) {
            super.processElement(input, record);
            return;
        }
        RowData deleted = serializers.get(input).toBinaryRow(stored).copy();
        deleted.setRowKind(RowKind.DELETE);
        if (kind == RowKind.DELETE) {
            super.processElement(input, new StreamRecord<>(deleted));
            return;
        }
        results.startDeletion();
        super.processElement(input, new StreamRecord<>(deleted));
        results.startAddition();
        super.processElement(input, record);
        results.flush(others.get(input));
    }

    /** Returns the row in the state with the same unique key as a row; null if there is none. */
    @Nullable
    private RowData storedLike(int input, RowData row) throws Exception {
        if (rows.get(input) == null) {
            return null;
        }
        RowData key = keys.get(input).getUniqueKeySelector().getKey(row);
        for (RowData stored : rows.get(input).values()) {
            if (keys.get(input).getUniqueKeySelector().getKey(stored).equals(key)) {
                return stored;
            }
        }
        return null;
    }
}
