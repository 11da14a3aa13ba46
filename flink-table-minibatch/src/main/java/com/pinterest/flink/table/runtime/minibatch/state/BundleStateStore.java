// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import java.util.function.Function;
import org.apache.flink.api.common.state.State;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.runtime.state.DefaultKeyedStateStore;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.StreamingRuntimeContext;

/**
 * A store that provides a function of an operator with its state, accessed in batches where that
 * helps.
 */
public final class BundleStateStore extends DefaultKeyedStateStore {

    private static final String ROCKSDB_BACKEND =
            "org.apache.flink.state.rocksdb.RocksDBKeyedStateBackend";

    private final BundleState state;

    private BundleStateStore(
            KeyedStateBackend<?> backend, StreamingRuntimeContext context, BundleState state) {
        super(backend, context::createSerializer);
        this.state = state;
    }

    /**
     * Makes the states that the runtime context of an operator returns from now on part of bundles.
     *
     * @param operator the operator, whose keys are rows
     * @param expectedReads the expected reads by the name of a state
     */
    public static BundleState install(
            AbstractStreamOperator<?> operator,
            StreamingRuntimeContext context,
            Function<String, ExpectedReads> expectedReads) {
        KeyedStateBackend<?> backend = operator.getKeyedStateBackend();
        // By name, because RocksDB may not be on the class path.
        BundleState state =
                backend.getClass().getName().equals(ROCKSDB_BACKEND)
                        ? RocksDBBundleState.of(backend, operator, expectedReads)
                        : new DirectBundleState(operator);
        context.setKeyedStateStore(new BundleStateStore(backend, context, state));
        return state;
    }

    @Override
    protected <S extends State> S getPartitionedState(StateDescriptor<S, ?> descriptor)
            throws Exception {
        return state.register(descriptor.getName(), super.getPartitionedState(descriptor));
    }
}
