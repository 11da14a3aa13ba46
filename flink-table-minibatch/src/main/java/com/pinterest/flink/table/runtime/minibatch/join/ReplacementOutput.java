// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.join;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import javax.annotation.Nullable;
import org.apache.flink.runtime.event.WatermarkEvent;
import org.apache.flink.shaded.guava33.com.google.common.collect.HashMultiset;
import org.apache.flink.shaded.guava33.com.google.common.collect.Multiset;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.table.data.RowData;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.OutputTag;

/**
 * The output of a join that replaces a row of an input by deleting it and adding the new one. The
 * results of both steps are held back. Of results that are equal in the columns of the other
 * inputs, these are dropped:
 *
 * <ul>
 *   <li>the deletion of a result that is emitted again with the new row, as an update;
 *   <li>a result without a match that the first step inserts and the second one deletes.
 * </ul>
 *
 * <p>Not thread-safe. Rows are not copied: they must not change until {@link #flush}.
 */
final class ReplacementOutput implements Output<StreamRecord<RowData>> {

    private final Output<StreamRecord<RowData>> output;

    /** Null if results are not held back. */
    @Nullable private List<StreamRecord<RowData>> step;

    private List<StreamRecord<RowData>> ofOldRow = List.of();

    ReplacementOutput(Output<StreamRecord<RowData>> output) {
        this.output = output;
    }

    /** Marks the following results as those of the deletion of the old row. */
    void startDeletion() {
        step = new ArrayList<>();
    }

    /** Marks the following results as those of the new row. */
    void startAddition() {
        ofOldRow = step;
        step = new ArrayList<>();
    }

    /**
     * Emits the results that were held back, and stops holding back results.
     *
     * @param others the columns of a result that do not belong to the input whose row is replaced
     */
    void flush(Function<RowData, RowData> others) {
        List<StreamRecord<RowData>> ofNewRow = step;
        step = null;
        Multiset<RowData> updates = HashMultiset.create();
        Multiset<RowData> deletions = HashMultiset.create();
        for (StreamRecord<RowData> result : ofNewRow) {
            (isDeletion(result) ? deletions : updates).add(others.apply(result.getValue()));
        }
        Multiset<RowData> undone = HashMultiset.create();
        for (StreamRecord<RowData> result : ofOldRow) {
            RowData key = others.apply(result.getValue());
            if (isDeletion(result)) {
                if (!updates.remove(key)) {
                    output.collect(result);
                }
            } else if (deletions.remove(key)) {
                undone.add(key);
            } else {
                output.collect(result);
            }
        }
        for (StreamRecord<RowData> result : ofNewRow) {
            if (!isDeletion(result) || !undone.remove(others.apply(result.getValue()))) {
                output.collect(result);
            }
        }
        ofOldRow = List.of();
    }

    private static boolean isDeletion(StreamRecord<RowData> result) {
        return result.getValue().getRowKind() == RowKind.DELETE;
    }

    @Override
    public void collect(StreamRecord<RowData> result) {
        if (step == null) {
            output.collect(result);
        } else {
            step.add(result.copy(result.getValue()));
        }
    }

    @Override
    public <X> void collect(OutputTag<X> tag, StreamRecord<X> record) {
        output.collect(tag, record);
    }

    @Override
    public void emitWatermark(Watermark mark) {
        output.emitWatermark(mark);
    }

    @Override
    public void emitWatermark(WatermarkEvent event) {
        output.emitWatermark(event);
    }

    @Override
    public void emitWatermarkStatus(WatermarkStatus status) {
        output.emitWatermarkStatus(status);
    }

    @Override
    public void emitLatencyMarker(LatencyMarker marker) {
        output.emitLatencyMarker(marker);
    }

    @Override
    public void emitRecordAttributes(RecordAttributes attributes) {
        output.emitRecordAttributes(attributes);
    }

    @Override
    public void close() {
        output.close();
    }
}
