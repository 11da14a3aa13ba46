// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.rank;

import com.pinterest.flink.table.runtime.minibatch.bundle.KeyProjection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.annotation.Nullable;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.java.typeutils.ListTypeInfo;
import org.apache.flink.shaded.guava33.com.google.common.cache.Cache;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.context.ExecutionContext;
import org.apache.flink.table.runtime.generated.GeneratedRecordComparator;
import org.apache.flink.table.runtime.keyselector.RowDataKeySelector;
import org.apache.flink.table.runtime.operators.rank.ConstantRankRange;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.util.Collector;

/**
 * A Top-N over an insert-only table.
 *
 * <p>A bundle keeps as many rows of a key as there are ranks. At its end, they are merged with the
 * rows in the state, and the difference is emitted: each rank changes at most once.
 *
 * <p>State is that of {@code AppendOnlyTopNFunction}: a map from sort keys to their rows in the
 * order of arrival. Upstream may store more rows than ranks for the last sort key; they have no
 * effect.
 */
public final class AppendOnlyTopN extends TopN<SortedRows> {

    private static final long serialVersionUID = 1L;

    private final long cacheSize;

    private transient KeyProjection sortKeys;
    private transient MapState<RowData, List<RowData>> state;
    private transient Cache<RowData, SortedRows> cache;

    /**
     * Creates the function.
     *
     * @param cacheSize the maximum number of rows in memory, of all keys together
     */
    public AppendOnlyTopN(
            StateTtlConfig ttl,
            InternalTypeInfo<RowData> rowType,
            GeneratedRecordComparator comparator,
            RowDataKeySelector sortKeySelector,
            ConstantRankRange ranks,
            boolean generateUpdateBefore,
            boolean outputRankNumber,
            long cacheSize) {
        super(
                ttl,
                rowType,
                comparator,
                sortKeySelector,
                ranks,
                generateUpdateBefore,
                outputRankNumber);
        this.cacheSize = cacheSize;
    }

    @Override
    public void open(ExecutionContext context) throws Exception {
        super.open(context);
        sortKeys = new KeyProjection(sortKeySelector);
        state =
                context.getRuntimeContext()
                        .getMapState(
                                expiring(
                                        new MapStateDescriptor<>(
                                                "data-state-with-append",
                                                sortKeySelector.getProducedType(),
                                                new ListTypeInfo<>(rowType))));
        cache = newCache(cacheSize);
    }

    @Override
    public SortedRows addInput(@Nullable SortedRows gathered, RowData row) throws Exception {
        SortedRows first = gathered == null ? new SortedRows(comparator, rankEnd) : gathered;
        RowData sortKey = sortKeys.of(row);
        if (first.takes(sortKey)) {
            first.add(sortKeys.keep(sortKey), serializer.copy(row));
        }
        return first;
    }

    @Override
    public void finishBundle(Map<RowData, SortedRows> bundle, Collector<RowData> out)
            throws Exception {
        for (Map.Entry<RowData, SortedRows> entry : bundle.entrySet()) {
            ctx.setCurrentKey(entry.getKey());
            SortedRows rows = cache.getIfPresent(entry.getKey());
            if (rows == null) {
                rows = read();
                // Cached only once, because a cached entry expires one time to live after that.
                cache.put(entry.getKey(), rows);
            }
            SortedRows before = null;
            SortedRows added = entry.getValue();
            for (int i = 0; i < added.size() && rows.takes(added.key(i)); i++) {
                if (before == null) {
                    before = rows.copy();
                }
                rows.add(added.key(i), added.row(i));
            }
            if (before != null) {
                write(before, rows);
                output.emit(before.rows(), rows.rows(), out);
            }
        }
    }

    private SortedRows read() throws Exception {
        Map<RowData, List<RowData>> sorted = new TreeMap<>(comparator);
        for (Map.Entry<RowData, List<RowData>> entry : state.entries()) {
            sorted.put(entry.getKey(), entry.getValue());
        }
        SortedRows rows = new SortedRows(comparator, rankEnd);
        sorted.forEach(
                (key, ofKey) -> {
                    for (RowData row : ofKey) {
                        if (rows.takes(key)) {
                            rows.add(key, row);
                        }
                    }
                });
        return rows;
    }

    /** Writes the rows of each sort key whose rows have changed. */
    private void write(SortedRows before, SortedRows after) throws Exception {
        int old = 0;
        int now = 0;
        while (old < before.size() || now < after.size()) {
            int order =
                    old == before.size()
                            ? 1
                            : now == after.size()
                                    ? -1
                                    : comparator.compare(before.key(old), after.key(now));
            if (order < 0) {
                state.remove(before.key(old));
                old += before.from(old).size();
                continue;
            }
            List<RowData> rows = after.from(now);
            int oldCount = order == 0 ? before.from(old).size() : 0;
            // Rows of a sort key are added after the others, and removed from the end.
            if (rows.size() != oldCount) {
                state.put(after.key(now), new ArrayList<>(rows));
            }
            old += oldCount;
            now += rows.size();
        }
    }
}
