// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import com.pinterest.flink.table.runtime.minibatch.state.BundleEntry;
import com.pinterest.flink.table.runtime.minibatch.state.ExpectedReads;
import java.util.Collections;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.binary.BinaryRawValueData;

/**
 * The reads that a global aggregation will make in its distinct views: it looks up each value that
 * the accumulators of the bundle contain.
 *
 * <p>The planner names the states {@code distinctAcc_0}, {@code distinctAcc_1} and so on ({@code
 * DataViewUtils}), and puts the views after all other accumulators, in that order ({@code
 * AggregateUtil}). If a row has another form, no reads are expected, and the values are read later,
 * one by one.
 */
final class DistinctKeys implements Function<String, ExpectedReads> {

    private static final String PREFIX = "distinctAcc_";

    /** The suffix of the state that a view uses for null: {@code PerKeyStateDataViewStore}. */
    private static final String NULL_SUFFIX = "_null_state";

    private int views;

    @Override
    public ExpectedReads apply(String state) {
        if (!state.startsWith(PREFIX) || state.endsWith(NULL_SUFFIX)) {
            return valuesOnly(state);
        }
        int index = Integer.parseInt(state.substring(PREFIX.length()));
        views = Math.max(views, index + 1);
        return new ExpectedReads() {
            @Override
            public Iterable<?> ofMap(BundleEntry<?> entry) {
                return seen(entry, index);
            }
        };
    }

    /**
     * Returns the reads of a function about which nothing else is known: all values except those of
     * null.
     */
    static ExpectedReads valuesOnly(String state) {
        return state.endsWith(NULL_SUFFIX) ? ExpectedReads.NONE : ExpectedReads.VALUES;
    }

    private Iterable<Object> seen(BundleEntry<?> entry, int index) {
        if (!(entry.getValue() instanceof GenericRowData)) {
            return Collections.emptyList();
        }
        GenericRowData accumulators = (GenericRowData) entry.getValue();
        int position = accumulators.getArity() - views + index;
        Object field = position < 0 ? null : accumulators.getField(position);
        Object view =
                field instanceof BinaryRawValueData
                        ? ((BinaryRawValueData<?>) field).getJavaObject()
                        : null;
        return view instanceof MapView
                ? ((MapView<?, ?>) view)
                        .getMap().keySet().stream()
                                .filter(Objects::nonNull)
                                .collect(Collectors.toList())
                : Collections.emptyList();
    }
}
