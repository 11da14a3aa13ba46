// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.rank;

import com.pinterest.flink.table.runtime.minibatch.state.BundleEntry;
import com.pinterest.flink.table.runtime.minibatch.state.ExpectedReads;
import com.pinterest.flink.table.runtime.minibatch.state.ReadingFunction;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.annotation.Nullable;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.BasicTypeInfo;
import org.apache.flink.api.java.typeutils.ListTypeInfo;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.util.RowDataUtil;
import org.apache.flink.table.runtime.context.ExecutionContext;
import org.apache.flink.table.runtime.generated.GeneratedRecordEqualiser;
import org.apache.flink.table.runtime.generated.RecordEqualiser;
import org.apache.flink.table.runtime.keyselector.RowDataKeySelector;
import org.apache.flink.table.runtime.operators.rank.ComparableRecordComparator;
import org.apache.flink.table.runtime.operators.rank.ConstantRankRange;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.runtime.typeutils.SortedMapTypeInfo;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.Collector;
import org.apache.flink.util.StateMigrationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Top-N over any table.
 *
 * <p>At the end of a bundle, its changes are applied one after the other to the rows of their sort
 * keys. Only the ranks from the first of these sort keys on are compared, once before and once
 * after all changes.
 *
 * <p>State is that of {@code RetractableTopNFunction}: the number of rows of each sort key, and a
 * map from sort keys to all their rows in the order of arrival. If sort keys compare as equal but
 * are not the same, such as 0.0 and -0.0, the first one represents all. If a retracted row is not
 * in the state, for example because its time to live has expired, the retraction is ignored with a
 * warning, as upstream.
 */
public final class RetractableTopN extends TopN<List<RowData>> implements ReadingFunction {

    private static final long serialVersionUID = 1L;

    private static final Logger LOG = LoggerFactory.getLogger(RetractableTopN.class);

    private final ComparableRecordComparator comparableComparator;
    private final GeneratedRecordEqualiser generatedEqualiser;

    private transient RecordEqualiser equaliser;
    private transient ValueState<SortedMap<RowData, Long>> countState;
    private transient MapState<RowData, List<RowData>> rowState;

    /**
     * Creates the function.
     *
     * @param equaliser compares rows
     */
    public RetractableTopN(
            StateTtlConfig ttl,
            InternalTypeInfo<RowData> rowType,
            ComparableRecordComparator comparator,
            RowDataKeySelector sortKeySelector,
            ConstantRankRange ranks,
            GeneratedRecordEqualiser equaliser,
            boolean generateUpdateBefore,
            boolean outputRankNumber) {
        super(
                ttl,
                rowType,
                comparator.getGeneratedRecordComparator(),
                sortKeySelector,
                ranks,
                generateUpdateBefore,
                outputRankNumber);
        this.comparableComparator = comparator;
        this.generatedEqualiser = equaliser;
    }

    @Override
    public void open(ExecutionContext context) throws Exception {
        super.open(context);
        equaliser =
                generatedEqualiser.newInstance(
                        context.getRuntimeContext().getUserCodeClassLoader());
        InternalTypeInfo<RowData> sortKeyType = sortKeySelector.getProducedType();
        rowState =
                context.getRuntimeContext()
                        .getMapState(
                                expiring(
                                        new MapStateDescriptor<>(
                                                "data-state",
                                                sortKeyType,
                                                new ListTypeInfo<>(rowType))));
        countState =
                context.getRuntimeContext()
                        .getState(
                                expiring(
                                        new ValueStateDescriptor<>(
                                                "sorted-map",
                                                new SortedMapTypeInfo<>(
                                                        sortKeyType,
                                                        BasicTypeInfo.LONG_TYPE_INFO,
                                                        comparableComparator))));
    }

    @Override
    public void checkRestored(KeyedStateBackend<?> backend) throws StateMigrationException {
        StateOfUpdates.refuse(backend);
    }

    @Override
    public ExpectedReads expectedReads(String state) {
        return new ExpectedReads() {
            @Override
            public boolean ofValue(BundleEntry<?> entry) {
                return true;
            }

            @Override
            public Iterable<?> ofMap(BundleEntry<?> entry) {
                List<RowData> sortKeys = new ArrayList<>();
                for (Object row : (List<?>) entry.getValue()) {
                    sortKeys.add(sortKey((RowData) row));
                }
                return sortKeys;
            }
        };
    }

    private RowData sortKey(RowData row) {
        try {
            return sortKeySelector.getKey(row);
        } catch (Exception e) {
            throw new IllegalStateException("A generated projection failed.", e);
        }
    }

    @Override
    public List<RowData> addInput(@Nullable List<RowData> gathered, RowData row) {
        List<RowData> rows = gathered == null ? new ArrayList<>(2) : gathered;
        rows.add(serializer.copy(row));
        return rows;
    }

    @Override
    public void finishBundle(Map<RowData, List<RowData>> bundle, Collector<RowData> out)
            throws Exception {
        for (Map.Entry<RowData, List<RowData>> entry : bundle.entrySet()) {
            ctx.setCurrentKey(entry.getKey());
            new OfKey().change(entry.getValue(), out);
        }
    }

    /** The rows of a key while its changes are applied. */
    private final class OfKey {

        private final SortedMap<RowData, Long> countsBefore;
        private final NavigableMap<RowData, Long> counts;
        private final SortedMap<RowData, List<RowData>> rowsBefore = new TreeMap<>(comparator);

        /** The rows of the sort keys with changes. */
        private final NavigableMap<RowData, List<RowData>> rows = new TreeMap<>(comparator);

        OfKey() throws Exception {
            SortedMap<RowData, Long> stored = countState.value();
            counts = new TreeMap<>(comparator);
            if (stored != null) {
                counts.putAll(stored);
            }
            countsBefore = new TreeMap<>(counts);
        }

        void change(List<RowData> changes, Collector<RowData> out) throws Exception {
            for (RowData change : changes) {
                make(change);
            }
            RowData firstChanged = rows.firstKey();
            long skipped = 0;
            for (long count : counts.headMap(firstChanged).values()) {
                skipped += count;
            }
            if (skipped < rankEnd) {
                List<RowData> before = ranked(countsBefore, rowsBefore, firstChanged, skipped);
                List<RowData> after = ranked(counts, rows, firstChanged, skipped);
                output.emit(before, after, (int) skipped, out);
            }
            for (Map.Entry<RowData, List<RowData>> entry : rows.entrySet()) {
                if (entry.getValue().isEmpty()) {
                    rowState.remove(entry.getKey());
                } else {
                    rowState.put(entry.getKey(), entry.getValue());
                }
            }
            countState.update(counts);
        }

        private void make(RowData change) throws Exception {
            RowData sortKey = known(sortKey(change));
            List<RowData> ofSortKey = rows.get(sortKey);
            if (ofSortKey == null) {
                ofSortKey = new ArrayList<>(before(sortKey));
                rows.put(sortKey, ofSortKey);
            }
            boolean isAccumulated = RowDataUtil.isAccumulateMsg(change);
            change.setRowKind(RowKind.INSERT);
            if (isAccumulated) {
                ofSortKey.add(change);
            } else if (!remove(ofSortKey, change)) {
                LOG.warn("A retracted row is not in the state; its time to live may have expired.");
            }
            // Rows may have expired before their count.
            if (ofSortKey.isEmpty()) {
                counts.remove(sortKey);
            } else {
                counts.put(sortKey, (long) ofSortKey.size());
            }
        }

        /** Returns the sort key that represents an equal one. */
        private RowData known(RowData sortKey) {
            RowData known = rows.ceilingKey(sortKey);
            if (known == null || comparator.compare(known, sortKey) != 0) {
                known = counts.ceilingKey(sortKey);
            }
            return known == null || comparator.compare(known, sortKey) != 0 ? sortKey : known;
        }

        private boolean remove(List<RowData> from, RowData row) {
            for (Iterator<RowData> each = from.iterator(); each.hasNext(); ) {
                if (equaliser.equals(each.next(), row)) {
                    each.remove();
                    return true;
                }
            }
            return false;
        }

        /** Returns the rows of a sort key before the bundle. */
        private List<RowData> before(RowData sortKey) throws Exception {
            List<RowData> before = rowsBefore.get(sortKey);
            if (before == null) {
                List<RowData> stored = rowState.get(sortKey);
                before = stored == null ? List.of() : stored;
                // Upstream may store rows with the kinds that it emitted them with.
                before.forEach(row -> row.setRowKind(RowKind.INSERT));
                rowsBefore.put(sortKey, before);
            }
            return before;
        }

        /**
         * Returns the rows with ranks, without those of the sort keys before the first changed one.
         */
        private List<RowData> ranked(
                SortedMap<RowData, Long> sortKeys,
                SortedMap<RowData, List<RowData>> known,
                RowData firstChanged,
                long skipped)
                throws Exception {
            List<RowData> ranked = new ArrayList<>();
            for (RowData sortKey : new ArrayList<>(sortKeys.tailMap(firstChanged).keySet())) {
                List<RowData> ofSortKey = known.get(sortKey);
                if (ofSortKey == null) {
                    ofSortKey = before(sortKey);
                    if (ofSortKey.isEmpty()) {
                        counts.remove(sortKey);
                    }
                }
                for (RowData row : ofSortKey) {
                    if (ranked.size() == rankEnd - skipped) {
                        return ranked;
                    }
                    ranked.add(row);
                }
            }
            return ranked;
        }
    }
}
