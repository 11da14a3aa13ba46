// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import java.io.Serializable;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import javax.annotation.Nullable;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RawValueData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.util.RowDataUtil;
import org.apache.flink.table.functions.UserDefinedFunction;
import org.apache.flink.table.runtime.context.ExecutionContext;
import org.apache.flink.table.runtime.dataview.PerKeyStateDataViewStore;
import org.apache.flink.table.runtime.dataview.StateDataViewStore;
import org.apache.flink.table.runtime.generated.AggsHandleFunction;
import org.apache.flink.table.runtime.generated.GeneratedAggsHandleFunction;

/**
 * An accumulation with one handler for each key of a bundle, which keeps the accumulators of the
 * key until the bundle is finished. With a single handler for all keys, the accumulators have to be
 * set before each row, and returned as a new row after it.
 *
 * <p>Handlers are created for a bundle and released with it. Creating one costs less than the work
 * of the garbage collector for an old object that refers to new ones in each bundle. Handlers are
 * not closed, because those that {@link #isUseful} allows have nothing to close.
 */
final class InPlaceAggregation implements Accumulation<AggsHandleFunction, RowData>, Serializable {

    private static final long serialVersionUID = 1L;

    private final GeneratedAggsHandleFunction generated;
    private final boolean merges;

    private transient Constructor<?> constructor;
    private transient StateDataViewStore store;

    /**
     * The handler of the first key of each bundle, and the only one if rows are processed one by
     * one.
     */
    private transient AggsHandleFunction first;

    private transient int keys;
    private transient long rows;
    private transient long bytes;
    private transient long bytesOfHandler;

    /** -1 before the first bundle. */
    private transient long bytesOfRow;

    private InPlaceAggregation(GeneratedAggsHandleFunction generated, boolean merges) {
        this.generated = generated;
        this.merges = merges;
    }

    /** Creates an accumulation that accumulates and retracts rows. */
    static InPlaceAggregation ofRows(GeneratedAggsHandleFunction handler) {
        return new InPlaceAggregation(handler, false);
    }

    /** Creates an accumulation that merges rows that are accumulators. */
    static InPlaceAggregation ofAccumulators(GeneratedAggsHandleFunction handler) {
        return new InPlaceAggregation(handler, true);
    }

    /**
     * Returns whether many handlers are possible and cheap. This is not the case if an accumulator
     * is or contains a data view, or if there is a user-defined function: all handlers would share
     * this object, which has to be opened and closed once.
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
                    || (field instanceof GenericRowData && hasDataView((GenericRowData) field))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void open(ExecutionContext context) throws Exception {
        RuntimeContext runtime = context.getRuntimeContext();
        // Looked up once, because this takes longer than the call.
        constructor =
                generated.getClass(runtime.getUserCodeClassLoader()).getConstructor(Object[].class);
        store = new PerKeyStateDataViewStore(runtime);
        first = newHandler();
        bytesOfHandler = sizeOf(first.getClass()) + RowSize.of(first.createAccumulators());
        bytesOfRow = -1;
    }

    /** Returns the maximum memory of the fields. */
    private static long sizeOf(Class<?> type) {
        long size = 0;
        for (Field field : type.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                size += field.getType() == boolean.class ? 1 : Long.BYTES;
            }
        }
        return size;
    }

    @Override
    public AggsHandleFunction add(@Nullable AggsHandleFunction gathered, RowData row)
            throws Exception {
        AggsHandleFunction handler = gathered == null ? ofNewKey() : gathered;
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

    private AggsHandleFunction ofNewKey() throws Exception {
        return keys++ == 0 ? first : newHandler();
    }

    private AggsHandleFunction newHandler() throws Exception {
        AggsHandleFunction handler =
                (AggsHandleFunction) constructor.newInstance((Object) generated.getReferences());
        handler.open(store);
        handler.resetAccumulators();
        return handler;
    }

    @Override
    public long sizeOfKey() {
        return bytesOfHandler;
    }

    /**
     * Returns the memory that a row added to the accumulators in the last bundle, because strings
     * may grow.
     */
    @Override
    public long keptOf(RowData row) {
        return bytesOfRow < 0 ? RowSize.of(row) : bytesOfRow;
    }

    @Override
    public RowData result(AggsHandleFunction handler) throws Exception {
        RowData accumulators = handler.getAccumulators();
        bytes += RowSize.of(accumulators);
        return accumulators;
    }

    @Override
    public void release() throws Exception {
        first.resetAccumulators();
        keys = 0;
        bytesOfRow = bytes / Math.max(1, rows);
        rows = 0;
        bytes = 0;
    }
}
