// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.util.StateMigrationException;

/** A function that announces the reads of its states. */
public interface ReadingFunction {

    /** Returns the expected reads of the state with this name. */
    ExpectedReads expectedReads(String state);

    /** Fails if there is restored state that the function cannot continue with. */
    default void checkRestored(KeyedStateBackend<?> backend) throws StateMigrationException {}
}
