// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.rank;

import java.util.stream.Stream;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.util.StateMigrationException;

/**
 * The state of a Top-N that processes updates and no deletions, {@code UpdatableTopNFunction}. It
 * contains only the rows with ranks, so a Top-N that processes deletions cannot continue with it.
 */
final class StateOfUpdates {

    static final String NAME = "data-state-with-update";

    private StateOfUpdates() {}

    /** Fails if there is such state, which would otherwise be ignored silently. */
    static void refuse(KeyedStateBackend<?> backend) throws StateMigrationException {
        try (Stream<?> keys = backend.getKeys(NAME, VoidNamespace.INSTANCE)) {
            if (keys.findAny().isPresent()) {
                throw new StateMigrationException(
                        "The restored state is that of a Top-N without deletions, which the official"
                                + " release plans for this query although its input has deletions."
                                + " It lacks the rows after the last rank. Start the query without"
                                + " state, from the beginning of its input: see 'Corrected results'"
                                + " in the documentation.");
            }
        }
    }
}
