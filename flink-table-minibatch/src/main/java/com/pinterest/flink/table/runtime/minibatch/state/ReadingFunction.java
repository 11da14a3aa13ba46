// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.util.StateMigrationException;

/** A function that tells what it will read of its states. */
public interface ReadingFunction {

    /** What will be read of a state of that name. */
    ExpectedReads expectedReads(String state);

    /** Fails if there is state that the function cannot go on with. */
    default void checkRestored(KeyedStateBackend<?> backend) throws StateMigrationException {}
}
