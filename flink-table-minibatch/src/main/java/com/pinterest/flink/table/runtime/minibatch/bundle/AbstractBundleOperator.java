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
 * An operator that gathers rows. It finishes a bundle when that is at its limits, when the
 * watermark moves on (that of both inputs, where there are two), before a checkpoint and at the end
 * of the input.
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

    /** Has the backend filter keys without state, if it can. */
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

    /** Asks for the filters that are of use to the operator. */
    protected abstract void askForFilters(Configuration task);

    /** Asks for filters of keys, if those can be told apart by the bytes that all have. */
    protected final void askForPrefixes(Configuration task) {
        KeySelector<?, ?> selector = config.getStatePartitioner(0, getUserCodeClassloader());
        if (!(selector instanceof RowDataKeySelector)) {
            return;
        }
        RowType key = ((RowDataKeySelector) selector).getProducedType().toRowType();
        // Else there are but lengths and short texts.
        if (key.getChildren().stream().anyMatch(BinaryRowData::isInFixedLengthPart)) {
            int lengthAndFixedPart =
                    Integer.BYTES + BinaryRowData.calculateFixPartSizeInBytes(key.getFieldCount());
            KeyFilters.askForPrefixes(task, getOperatorID(), lengthAndFixedPart);
        }
    }

    /** Has the states that are made from now on take part in bundles. */
    protected final BundleState openState(Function<String, ExpectedReads> expectedReads) {
        state = BundleStateStore.install(this, getRuntimeContext(), expectedReads);
        return state;
    }

    /** Begins to watch the bundles; to be called when all else is open. */
    protected final void openControl() {
        LOG.info("Bundles have at most {}.", limits);
        control = new BundleControl(limits, this, this::finishBundle);
    }

    /** Counts a row that has been gathered, of so many bytes in memory, about. */
    protected final void gathered(long size) throws Exception {
        control.add(size);
    }

    /** How many rows have been gathered since the last bundle. */
    protected final long rows() {
        return control.rows();
    }

    private void finishBundle(EndOfBundle why) throws Exception {
        // An operator that was not opened may be finished.
        if (control != null && control.rows() > 0) {
            control.beginFlush(why);
            control.endFlush(finishBundle());
        }
    }

    /**
     * Emits what the rows of the bundle make, and forgets them.
     *
     * @return how many keys they were of
     */
    protected abstract int finishBundle() throws Exception;

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
