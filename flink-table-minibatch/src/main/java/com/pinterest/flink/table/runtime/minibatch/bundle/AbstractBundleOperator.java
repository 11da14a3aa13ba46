// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import com.pinterest.flink.runtime.state.KeyFilters;
import com.pinterest.flink.table.runtime.minibatch.state.BundleState;
import com.pinterest.flink.table.runtime.minibatch.state.BundleStateStore;
import com.pinterest.flink.table.runtime.minibatch.state.ExpectedReads;
import java.util.function.Function;
import javax.annotation.Nullable;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.graph.StreamConfig;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.StreamTask;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.runtime.keyselector.RowDataKeySelector;
import org.apache.flink.table.types.logical.RowType;

/**
 * An operator that gathers rows in bundles. {@link BundleControl} finishes a bundle when it reaches
 * its limits; the operator has it finished when the watermark advances (the combined one of both
 * inputs, if there are two), before a checkpoint and at the end of the input.
 */
public abstract class AbstractBundleOperator extends AbstractStreamOperator<RowData> {

    private static final long serialVersionUID = 1L;

    protected final BundleLimits limits;

    private boolean filtersKeys;

    /** Null without state. */
    @Nullable private transient BundleState state;

    private transient BundleControl control;

    protected AbstractBundleOperator(BundleLimits limits) {
        this.limits = limits;
    }

    /** Enables filters of keys without state in the backend, if it has them. */
    public final void filterKeys() {
        filtersKeys = true;
    }

    @Override
    protected final void setup(
            StreamTask<?, ?> task, StreamConfig config, Output<StreamRecord<RowData>> output) {
        super.setup(task, config, output);
        if (filtersKeys) {
            askForFilters(task.getEnvironment().getTaskConfiguration());
        }
    }

    /** Asks for the filters that the operator benefits from. */
    protected abstract void askForFilters(Configuration task);

    /** Asks for prefix filters, if the fixed-length part of keys tells them apart. */
    protected final void askForPrefixes(Configuration task) {
        KeySelector<?, ?> selector = config.getStatePartitioner(0, getUserCodeClassloader());
        if (!(selector instanceof RowDataKeySelector)) {
            return;
        }
        RowType key = ((RowDataKeySelector) selector).getProducedType().toRowType();
        // Otherwise it holds only offsets, lengths and short strings.
        if (key.getChildren().stream().anyMatch(BinaryRowData::isInFixedLengthPart)) {
            int lengthAndFixedPart =
                    Integer.BYTES + BinaryRowData.calculateFixPartSizeInBytes(key.getFieldCount());
            KeyFilters.askForPrefixes(task, getOperatorID(), lengthAndFixedPart);
        }
    }

    /** Lets all states that are created from now on be accessed in bundles. */
    protected final BundleState openState(Function<String, ExpectedReads> expectedReads) {
        state = BundleStateStore.install(this, getRuntimeContext(), expectedReads);
        return state;
    }

    /** Starts to apply the limits; to be called last in {@link #open}. */
    protected final void openControl() {
        LOG.info("Bundles have at most {}.", limits);
        control = new BundleControl(limits, this, this::finishBundle);
    }

    /**
     * Counts a row that has been gathered. Finishes the bundle if it is full, so nothing of the row
     * may be left to do.
     *
     * @param size how many bytes the row takes in memory, approximately
     */
    protected final void countRow(long size) throws Exception {
        control.add(size);
    }

    /** How many rows have been gathered since the last bundle. */
    protected final long rows() {
        return control.rows();
    }

    /**
     * Emits the results of the gathered rows, and forgets the rows. Called by {@link BundleControl}
     * if there are any.
     *
     * @return how many keys the rows had
     */
    protected abstract int finishBundle() throws Exception;

    private void finishBundle(EndOfBundle why) throws Exception {
        // A task finishes operators that it did not open.
        if (control != null) {
            control.finish(why);
        }
    }

    @Override
    public final void processWatermark(Watermark mark) throws Exception {
        finishBundle(EndOfBundle.WATERMARK);
        super.processWatermark(mark);
    }

    @Override
    public final void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        finishBundle(EndOfBundle.CHECKPOINT);
    }

    @Override
    public final void finish() throws Exception {
        finishBundle(EndOfBundle.END_OF_INPUT);
        super.finish();
    }

    @Override
    public void close() throws Exception {
        if (state != null) {
            state.close();
        }
        if (control != null) {
            control.close();
        }
        super.close();
    }
}
