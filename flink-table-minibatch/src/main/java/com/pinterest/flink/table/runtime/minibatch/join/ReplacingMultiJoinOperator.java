// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
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
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;

/**
 * A join of several inputs, as upstream's, that may replace a row without a retraction. What a row
 * replaces is deleted first: it may have matched other rows, and be in the state under another join
 * key. State is upstream's.
 */
public final class ReplacingMultiJoinOperator extends StreamingMultiJoinOperator {

    private static final long serialVersionUID = 1L;

    private final List<JoinInputSideSpec> keys;
    private final List<RowType> types;

    /** Of each input; null for one without a unique key. */
    private transient List<MapState<RowData, RowData>> rows;

    private transient List<RowDataSerializer> serializers;

    /** As upstream's operator. */
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
                parameters,
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
    }

    @Override
    public void open() throws Exception {
        super.open();
        rows = new ArrayList<>(types.size());
        serializers = new ArrayList<>(types.size());
        for (int i = 0; i < types.size(); i++) {
            InternalTypeInfo<RowData> type = InternalTypeInfo.of(types.get(i));
            serializers.add(type.toRowSerializer());
            // There is one state of a name: this is upstream's, which has other keys.
            rows.add(
                    keys.get(i).hasUniqueKey()
                            ? getRuntimeContext()
                                    .getMapState(
                                            new MapStateDescriptor<>(
                                                    "multi-join-input-" + i, type, type))
                            : null);
        }
    }

    @Override
    public void processElement(int input, StreamRecord<RowData> record) throws Exception {
        RowKind kind = record.getValue().getRowKind();
        // A deletion may have no more than its key.
        boolean dependsOnStored = kind == RowKind.UPDATE_AFTER || kind == RowKind.DELETE;
        RowData stored = dependsOnStored ? storedLike(input, record.getValue()) : null;
        if (stored != null) {
            RowData deleted = serializers.get(input).toBinaryRow(stored).copy();
            deleted.setRowKind(RowKind.DELETE);
            super.processElement(input, new StreamRecord<>(deleted));
        }
        if (stored == null || kind != RowKind.DELETE) {
            super.processElement(input, record);
        }
    }

    /** The row in the state that has the unique key of a row; null if there is none. */
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
