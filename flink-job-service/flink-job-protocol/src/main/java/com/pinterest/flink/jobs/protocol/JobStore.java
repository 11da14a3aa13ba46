// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** What the protocol needs of the store. Thread-safe. */
public interface JobStore {

    /** Another writer was faster: read again. */
    final class StaleException extends Exception {

        private static final long serialVersionUID = 1L;

        public StaleException(String message) {
            super(message);
        }
    }

    /** Reads an operation and its job. */
    View view(UUID operation);

    /**
     * Writes a change; it is durable when this returns.
     *
     * @return the operation in its new version
     * @throws StaleException if the operation has another version than the change was made for
     */
    Operation write(Change change, Instant now) throws StaleException;

    /** The operations that have not ended, the oldest first. */
    List<UUID> openOperations();
}
