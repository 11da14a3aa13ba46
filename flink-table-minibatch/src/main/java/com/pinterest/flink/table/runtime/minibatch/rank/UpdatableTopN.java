// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.rank;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.annotation.Nullable;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.typeutils.TupleTypeInfo;
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
 * The first rows of each key, of a table with a unique key whose rows only get better.
 *
 * <p>A bundle keeps the last version of each row. At its end they are put among those of the state,
 * in the order in which they got their sort keys, and the difference is emitted.
 *
 * <p>State is that of {@code UpdatableTopNFunction}: a map from unique keys to the rows that have
 * ranks, each with its place among rows of the same sort key.
 */
public final class UpdatableTopN extends TopN<LinkedHashMap<RowData, RankedRow>> {

    private static final long serialVersionUID = 1L;

    private final RowDataKeySelector rowKeySelector;
    private final long cacheSize;

    private transient MapState<RowData, Tuple2<RowData, Integer>> state;
    private transient Cache<RowData, List<RankedRow>> cache;

    /**
     * Creates the function.
     *
     * @param cacheSize how many rows to keep in memory, of all keys
     */
    public UpdatableTopN(
            StateTtlConfig ttl,
            InternalTypeInfo<RowData> rowType,
            RowDataKeySelector rowKeySelector,
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
        this.rowKeySelector = rowKeySelector;
        this.cacheSize = cacheSize;
    }

    @Override
    public void open(ExecutionContext context) throws Exception {
        super.open(context);
        state =
                context.getRuntimeContext()
                        .getMapState(
                                expiring(
                                        new MapStateDescriptor<>(
                                                "data-state-with-update",
                                                rowKeySelector.getProducedType(),
                                                new TupleTypeInfo<>(rowType, Types.INT))));
        cache = newCache(cacheSize);
    }

    @Override
    public LinkedHashMap<RowData, RankedRow> addInput(
            @Nullable LinkedHashMap<RowData, RankedRow> gathered, RowData row) throws Exception {
        LinkedHashMap<RowData, RankedRow> rows =
                gathered == null ? new LinkedHashMap<>() : gathered;
        RowData kept = serializer.copy(row);
        kept.setRowKind(RowKind.INSERT);
        RankedRow now = ranked(kept, 0);
        RankedRow before = rows.get(now.rowKey);
        if (before != null && comparator.compare(before.sortKey, now.sortKey) != 0) {
            // Behind those that have that sort key already.
            rows.remove(now.rowKey);
        }
        rows.put(now.rowKey, now);
        return rows;
    }

    private RankedRow ranked(RowData row, int innerRank) throws Exception {
        return new RankedRow(
                rowKeySelector.getKey(row), sortKeySelector.getKey(row), row, innerRank);
    }

    @Override
    public void finishBundle(
            Map<RowData, LinkedHashMap<RowData, RankedRow>> bundle, Collector<RowData> out)
            throws Exception {
        for (Map.Entry<RowData, LinkedHashMap<RowData, RankedRow>> entry : bundle.entrySet()) {
            ctx.setCurrentKey(entry.getKey());
            List<RankedRow> before = cache.getIfPresent(entry.getKey());
            if (before == null) {
                before = read();
                cache.put(entry.getKey(), before);
            }
            List<RankedRow> after = new ArrayList<>(before);
            entry.getValue().values().forEach(row -> put(after, row));
            setInnerRanks(after);
            if (after.equals(before)) {
                continue;
            }
            Map<RowData, RankedRow> old = byKey(before);
            write(old, after);
            Map<RowData, RowData> keys = new IdentityHashMap<>();
            output.emit(rows(before, keys), rows(after, keys), keys::get, out);
            cache.put(entry.getKey(), after);
        }
    }

    private List<RankedRow> read() throws Exception {
        List<RankedRow> rows = new ArrayList<>();
        for (Tuple2<RowData, Integer> value : state.values()) {
            rows.add(ranked(value.f0, value.f1));
        }
        rows.sort(
                Comparator.comparing((RankedRow row) -> row.sortKey, comparator)
                        .thenComparingInt(row -> row.innerRank));
        while (rows.size() > rankEnd) {
            // Upstream keeps all rows of the last sort key.
            state.remove(rows.remove(rows.size() - 1).rowKey);
        }
        return rows;
    }

    /** Puts a row in the place of its last version, or among the others if it is good enough. */
    private void put(List<RankedRow> rows, RankedRow row) {
        int index = 0;
        while (index < rows.size() && !rows.get(index).rowKey.equals(row.rowKey)) {
            index++;
        }
        if (index < rows.size()) {
            if (comparator.compare(rows.get(index).sortKey, row.sortKey) == 0) {
                rows.set(index, row);
                return;
            }
            rows.remove(index);
        } else if (rows.size() >= rankEnd && !isBefore(row, rows.get(rows.size() - 1))) {
            return;
        }
        int place = rows.size();
        while (place > 0 && isBefore(row, rows.get(place - 1))) {
            place--;
        }
        rows.add(place, row);
        if (rows.size() > rankEnd) {
            rows.remove(rows.size() - 1);
        }
    }

    private boolean isBefore(RankedRow row, RankedRow other) {
        return comparator.compare(row.sortKey, other.sortKey) < 0;
    }

    private void setInnerRanks(List<RankedRow> rows) {
        int rank = 0;
        for (int i = 0; i < rows.size(); i++) {
            boolean isFirst =
                    i == 0 || comparator.compare(rows.get(i - 1).sortKey, rows.get(i).sortKey) != 0;
            rank = isFirst ? 1 : rank + 1;
            rows.set(i, rows.get(i).withInnerRank(rank));
        }
    }

    private static Map<RowData, RankedRow> byKey(List<RankedRow> rows) {
        return rows.stream().collect(Collectors.toMap(row -> row.rowKey, Function.identity()));
    }

    private void write(Map<RowData, RankedRow> old, List<RankedRow> after) throws Exception {
        for (RankedRow row : after) {
            RankedRow before = old.remove(row.rowKey);
            if (before != row) {
                state.put(row.rowKey, Tuple2.of(row.row, row.innerRank));
            }
        }
        for (RowData gone : old.keySet()) {
            state.remove(gone);
        }
    }

    private static List<RowData> rows(List<RankedRow> ranked, Map<RowData, RowData> keys) {
        List<RowData> rows = new ArrayList<>(ranked.size());
        for (RankedRow row : ranked) {
            rows.add(row.row);
            keys.put(row.row, row.rowKey);
        }
        return rows;
    }
}
