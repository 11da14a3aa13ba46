// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RawValueData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.util.RowDataUtil;
import org.apache.flink.table.functions.UserDefinedFunction;
import org.apache.flink.table.runtime.context.ExecutionContext;
import org.apache.flink.table.runtime.dataview.PerKeyStateDataViewStore;
import org.apache.flink.table.runtime.generated.AggsHandleFunction;
import org.apache.flink.table.runtime.generated.GeneratedAggsHandleFunction;

/**
 * Aggregates with a handler for each key of a bundle, which holds the accumulators of the key until
 * the bundle is finished. One handler for all keys has to be given the accumulators before each
 * row, and to hand them out as a new row after it.
 *
 * <p>Handlers are kept for the next bundles, so there are as many as the largest bundle had keys.
 * They are old objects then, and what they hold are young ones. Data views, which are many objects,
 * cost the garbage collector more than a pool gains: {@link #isUseful}.
 */
final class PooledAggregation implements Accumulation<AggsHandleFunction, RowData>, Serializable {

    private static final long serialVersionUID = 1L;

    private final GeneratedAggsHandleFunction generated;
    private final boolean merges;

    private transient List<AggsHandleFunction> handlers;

    /** How many of them, from the first, have a key. */
    private transient int used;

    private transient long rows;
    private transient long bytes;

    /** -1 before the first bundle. */
    private transient long bytesOfRow;

    private transient ExecutionContext context;

    private PooledAggregation(GeneratedAggsHandleFunction generated, boolean merges) {
        this.generated = generated;
        this.merges = merges;
    }

    /** Accumulates and retracts the rows themselves. */
    static PooledAggregation ofRows(GeneratedAggsHandleFunction handler) {
        return new PooledAggregation(handler, false);
    }

    /** Merges the accumulators that the rows are. */
    static PooledAggregation ofAccumulators(GeneratedAggsHandleFunction handler) {
        return new PooledAggregation(handler, true);
    }

    /**
     * Whether a pool gains anything: not if an accumulator is, or has, a data view. Nor may there
     * be a function of a user: it is one object for all handlers, to be opened and closed once.
     */
    boolean isUseful(RuntimeContext runtime) throws Exception {
        if (Arrays.stream(generated.getReferences())
                .anyMatch(UserDefinedFunction.class::isInstance)) {
            return false;
        }
        AggsHandleFunction handler = generated.newInstance(runtime.getUserCodeClassLoader());
        handler.open(new PerKeyStateDataViewStore(runtime));
        RowData accumulators = handler.createAccumulators();
        handler.setAccumulators(accumulators);
        boolean hasView = hasDataView((GenericRowData) handler.getAccumulators());
        handler.close();
        return !hasView;
    }

    private static boolean hasDataView(GenericRowData row) {
        for (int i = 0; i < row.getArity(); i++) {
            Object field = row.getField(i);
            if (field instanceof RawValueData
                    || field instanceof GenericRowData && hasDataView((GenericRowData) field)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void open(ExecutionContext to) {
        context = to;
        handlers = new ArrayList<>();
        bytesOfRow = -1;
    }

    @Override
    public AggsHandleFunction add(@Nullable AggsHandleFunction gathered, RowData row)
            throws Exception {
        AggsHandleFunction handler = gathered == null ? take() : gathered;
        rows++;
        if (merges) {
            handler.merge(row);
        } else if (RowDataUtil.isAccumulateMsg(row)) {
            handler.accumulate(row);
        } else {
            handler.retract(row);
        }
        return handler;
    }

    /** What rows added to accumulators, as seen in the last bundle: strings may grow. */
    @Override
    public long keptOf(RowData row) {
        return bytesOfRow < 0 ? RowSize.of(row) : bytesOfRow;
    }

    private AggsHandleFunction take() throws Exception {
        if (used == handlers.size()) {
            AggsHandleFunction made =
                    generated.newInstance(context.getRuntimeContext().getUserCodeClassLoader());
            made.open(new PerKeyStateDataViewStore(context.getRuntimeContext()));
            reset(made);
            handlers.add(made);
        }
        AggsHandleFunction handler = handlers.get(used++);
        return handler;
    }

    /** Not by resetAccumulators: new handlers with distinct views have none to reset. */
    private static void reset(AggsHandleFunction handler) throws Exception {
        handler.setAccumulators(handler.createAccumulators());
    }

    @Override
    public RowData result(AggsHandleFunction handler) throws Exception {
        RowData accumulators = handler.getAccumulators();
        bytes += RowSize.of(accumulators);
        return accumulators;
    }

    @Override
    public void release() throws Exception {
        for (int i = 0; i < used; i++) {
            reset(handlers.get(i));
        }
        used = 0;
        bytesOfRow = bytes / Math.max(1, rows);
        rows = 0;
        bytes = 0;
    }

    @Override
    public void close() throws Exception {
        if (handlers != null) {
            for (AggsHandleFunction handler : handlers) {
                handler.close();
            }
        }
    }
}
