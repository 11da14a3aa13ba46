// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.rank;

import com.pinterest.flink.table.runtime.minibatch.state.BundleEntry;
import com.pinterest.flink.table.runtime.minibatch.state.ExpectedReads;
import com.pinterest.flink.table.runtime.minibatch.state.ReadingFunction;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.shaded.guava33.com.google.common.cache.Cache;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.context.ExecutionContext;
import org.apache.flink.table.runtime.generated.GeneratedRecordComparator;
import org.apache.flink.table.runtime.keyselector.RowDataKeySelector;
import org.apache.flink.table.runtime.operators.rank.ConstantRankRange;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.Collector;

/**
 * A Top-1 over an insert-only table, or over a table whose rows only move up.
 *
 * <p>State is that of {@code FastTop1Function}.
 */
public final class TopRow extends TopN<RowData> implements ReadingFunction {

    private static final long serialVersionUID = 1L;

    private final long cacheSize;

    private transient ValueState<RowData> state;
    private transient Cache<RowData, RowData> cache;

    /**
     * Creates the function.
     *
     * @param cacheSize the maximum number of rows in memory, of all keys together
     */
    public TopRow(
            StateTtlConfig ttl,
            InternalTypeInfo<RowData> rowType,
            GeneratedRecordComparator comparator,
            RowDataKeySelector sortKeySelector,
            boolean generateUpdateBefore,
            boolean outputRankNumber,
            long cacheSize) {
        super(
                ttl,
                rowType,
                comparator,
                sortKeySelector,
                new ConstantRankRange(1, 1),
                generateUpdateBefore,
                outputRankNumber);
        this.cacheSize = cacheSize;
    }

    @Override
    public void open(ExecutionContext context) throws Exception {
        super.open(context);
        state =
                context.getRuntimeContext()
                        .getState(expiring(new ValueStateDescriptor<>("Top1-Rank-State", rowType)));
        cache = newCache(cacheSize);
    }

    @Override
    public ExpectedReads expectedReads(String name) {
        return new ExpectedReads() {
            @Override
            public boolean ofValue(BundleEntry<?> entry) {
                return cache.getIfPresent(entry.getKey()) == null;
            }
        };
    }

    @Override
    public RowData addInput(@Nullable RowData gathered, RowData row) throws Exception {
        return gathered == null || replaces(row, gathered) ? serializer.copy(row) : gathered;
    }

    /** Returns whether a row comes before the other one, or may be an update of it. */
    private boolean replaces(RowData row, RowData other) throws Exception {
        RowData sortKey = sortKeySelector.getKey(row);
        int order = comparator.compare(sortKey, sortKeySelector.getKey(other));
        return order < 0 || (order == 0 && row.getRowKind() == RowKind.UPDATE_AFTER);
    }

    @Override
    public void finishBundle(Map<RowData, RowData> bundle, Collector<RowData> out)
            throws Exception {
        for (Map.Entry<RowData, RowData> entry : bundle.entrySet()) {
            RowData key = entry.getKey();
            RowData now = entry.getValue();
            ctx.setCurrentKey(key);
            RowData before = cache.getIfPresent(key);
            if (before == null) {
                before = state.value();
                // A row that can expire is not cached, because the cache would keep it for too
                // long.
                if (before != null && !expires()) {
                    cache.put(key, before);
                }
            }
            if (before != null && !replaces(now, before)) {
                continue;
            }
            now.setRowKind(RowKind.INSERT);
            state.update(now);
            cache.put(key, now);
            output.emitByRank(before == null ? List.of() : List.of(before), List.of(now), 0, out);
        }
    }
}
