// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.annotation.Nullable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.operators.bundle.MapBundleFunction;
import org.apache.flink.util.Collector;

/** Gathers a sum for each key. */
final class SumFunction extends MapBundleFunction<RowData, RowData, RowData, RowData> {
    private static final long serialVersionUID = 1L;

    @Override
    public RowData addInput(@Nullable RowData gathered, RowData row) {
        long before = gathered == null ? 0 : gathered.getLong(0);
        return GenericRowData.of(before + row.getLong(1));
    }

    @Override
    public void finishBundle(Map<RowData, RowData> bundle, Collector<RowData> out) {
        bundle.forEach((key, sum) -> out.collect(GenericRowData.of(key.getInt(0), sum.getLong(0))));
    }

    static StreamRecord<RowData> row(int key, long value) {
        return new StreamRecord<>(GenericRowData.of(key, value));
    }

    /** What came out of an operator since the last call, each key with its sum. */
    static List<String> taken(OneInputStreamOperatorTestHarness<RowData, RowData> harness) {
        List<String> taken =
                harness.getOutput().stream()
                        .filter(element -> element instanceof StreamRecord)
                        .map(element -> (RowData) ((StreamRecord<?>) element).getValue())
                        .map(row -> row.getInt(0) + "=" + row.getLong(1))
                        .collect(Collectors.toList());
        harness.getOutput().clear();
        return taken;
    }
}
