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
 * What a global aggregation will read of its distinct views: the values that the accumulators of
 * the bundle have seen, each of which it looks up.
 *
 * <p>The planner names the states {@code distinctAcc_0}, {@code distinctAcc_1} and so on ({@code
 * DataViewUtils}), and puts the views behind all other accumulators, in that order ({@code
 * AggregateUtil}). Where a row is not as expected, nothing is expected: it is read later, one by
 * one.
 */
final class DistinctKeys implements Function<String, ExpectedReads> {

    private static final String PREFIX = "distinctAcc_";

    /** Of what a view has for the key null, by {@code PerKeyStateDataViewStore}. */
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

    /** What a function reads of which no more is known: all values but those of null. */
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
