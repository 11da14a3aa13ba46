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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Top-N over a table with a unique key whose rows only move up.
 *
 * <p>A bundle keeps the last version of each row. At its end, these are merged with the rows in the
 * state, in the order in which they got their sort keys, and the difference is emitted.
 *
 * <p>State is that of {@code UpdatableTopNFunction}: a map from unique keys to the rows with ranks,
 * each with its position among the rows of the same sort key.
 */
public final class UpdatableTopN extends TopN<Map<RowData, RankedRow>> {

    private static final long serialVersionUID = 1L;

    private static final Logger LOG = LoggerFactory.getLogger(UpdatableTopN.class);

    private final RowDataKeySelector rowKeySelector;
    private final long cacheSize;

    private transient MapState<RowData, Tuple2<RowData, Integer>> state;
    private transient Cache<RowData, Ranking> cache;

    /**
     * Creates the function.
     *
     * @param cacheSize the maximum number of rows in memory, of all keys together
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
                                                StateOfUpdates.NAME,
                                                rowKeySelector.getProducedType(),
                                                new TupleTypeInfo<>(rowType, Types.INT))));
        cache = newCache(cacheSize);
    }

    @Override
    public Map<RowData, RankedRow> addInput(@Nullable Map<RowData, RankedRow> gathered, RowData row)
            throws Exception {
        Map<RowData, RankedRow> rows = gathered == null ? new LinkedHashMap<>() : gathered;
        RowData kept = serializer.copy(row);
        kept.setRowKind(RowKind.INSERT);
        RankedRow now = ranked(kept, 0);
        RankedRow before = rows.get(now.rowKey);
        if (before != null && comparator.compare(before.sortKey, now.sortKey) != 0) {
            // After the rows that already have this sort key.
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
    public void finishBundle(Map<RowData, Map<RowData, RankedRow>> bundle, Collector<RowData> out)
            throws Exception {
        for (Map.Entry<RowData, Map<RowData, RankedRow>> entry : bundle.entrySet()) {
            ctx.setCurrentKey(entry.getKey());
            Ranking ranking = cache.getIfPresent(entry.getKey());
            if (ranking == null) {
                ranking = read();
                // Cached only once, because a cached entry expires one time to live after that.
                cache.put(entry.getKey(), ranking);
            }
            List<RankedRow> before = new ArrayList<>(ranking.rows);
            for (RankedRow row : entry.getValue().values()) {
                // Makes room for others that come before it in the bundle.
                if (ranking.getsWorse(row)) {
                    LOG.warn(
                            "A row of a Top-N moved down, so its rank may belong to a row that is no"
                                    + " longer in the state. The time to live of an upstream operator"
                                    + " may be too short.");
                    ranking.put(row);
                }
            }
            entry.getValue().values().forEach(ranking::put);
            ranking.setInnerRanks();
            if (!ranking.rows.equals(before)) {
                write(before, ranking.rows);
                IdentityHashMap<RowData, RowData> keys = new IdentityHashMap<>();
                output.emit(rows(before, keys), rows(ranking.rows, keys), keys::get, out);
            }
        }
    }

    private Ranking read() throws Exception {
        List<RankedRow> rows = new ArrayList<>();
        for (Tuple2<RowData, Integer> value : state.values()) {
            rows.add(ranked(value.f0, value.f1));
        }
        rows.sort(
                Comparator.comparing((RankedRow row) -> row.sortKey, comparator)
                        .thenComparingInt(row -> row.innerRank));
        while (rows.size() > rankEnd) {
            // Upstream stores all rows of the last sort key.
            state.remove(rows.remove(rows.size() - 1).rowKey);
        }
        return new Ranking(rows);
    }

    private void write(List<RankedRow> before, List<RankedRow> after) throws Exception {
        Map<RowData, RankedRow> gone = byKey(before);
        for (RankedRow row : after) {
            if (gone.remove(row.rowKey) != row) {
                state.put(row.rowKey, Tuple2.of(row.row, row.innerRank));
            }
        }
        for (RowData key : gone.keySet()) {
            state.remove(key);
        }
    }

    private static Map<RowData, RankedRow> byKey(List<RankedRow> rows) {
        return rows.stream().collect(Collectors.toMap(row -> row.rowKey, Function.identity()));
    }

    private static List<RowData> rows(List<RankedRow> ranked, Map<RowData, RowData> keys) {
        List<RowData> rows = new ArrayList<>(ranked.size());
        for (RankedRow row : ranked) {
            rows.add(row.row);
            keys.put(row.row, row.rowKey);
        }
        return rows;
    }

    /** The rows of a key with ranks, the first rank first. */
    private final class Ranking {

        private final List<RankedRow> rows;
        private final Map<RowData, RankedRow> byKey;

        Ranking(List<RankedRow> rows) {
            this.rows = rows;
            this.byKey = byKey(rows);
        }

        /** Returns whether a row has a rank that its new version does not reach. */
        boolean getsWorse(RankedRow row) {
            RankedRow version = byKey.get(row.rowKey);
            return version != null && comparator.compare(row.sortKey, version.sortKey) > 0;
        }

        /** Replaces the previous version of a row, or adds it if it gets a rank. */
        void put(RankedRow row) {
            RankedRow version = byKey.get(row.rowKey);
            if (version == null) {
                if (rows.size() < rankEnd || isBetterThan(rows.size() - 1, row)) {
                    add(row);
                }
            } else if (comparator.compare(version.sortKey, row.sortKey) == 0) {
                byKey.put(row.rowKey, row);
                rows.set(indexOf(version), row);
            } else {
                rows.remove(indexOf(version));
                add(row);
            }
        }

        private void add(RankedRow row) {
            byKey.put(row.rowKey, row);
            rows.add(firstBehind(row), row);
            if (rows.size() > rankEnd) {
                byKey.remove(rows.remove(rows.size() - 1).rowKey);
            }
        }

        private boolean isBetterThan(int index, RankedRow row) {
            return comparator.compare(row.sortKey, rows.get(index).sortKey) < 0;
        }

        /**
         * Returns the index of the first row that comes after a row. Of equal rows, the first to
         * arrive comes first.
         */
        private int firstBehind(RankedRow row) {
            int low = 0;
            int high = rows.size();
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (isBetterThan(middle, row)) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            return low;
        }

        private int indexOf(RankedRow row) {
            int index = firstBehind(row) - 1;
            while (rows.get(index) != row) {
                index--;
            }
            return index;
        }

        private void setInnerRanks() {
            int rank = 0;
            for (int i = 0; i < rows.size(); i++) {
                RankedRow row = rows.get(i);
                boolean isFirst =
                        i == 0 || comparator.compare(rows.get(i - 1).sortKey, row.sortKey) != 0;
                rank = isFirst ? 1 : rank + 1;
                RankedRow ranked = row.withInnerRank(rank);
                if (ranked != row) {
                    rows.set(i, ranked);
                    byKey.put(row.rowKey, ranked);
                }
            }
        }
    }
}
