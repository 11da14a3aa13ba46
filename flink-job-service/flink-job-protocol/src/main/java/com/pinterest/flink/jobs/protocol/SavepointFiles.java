// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

/** The storage of savepoints. Thread-safe. */
public interface SavepointFiles {

    /**
     * Deletes the files of a savepoint; none is left of it that is half there.
     *
     * @return whether they are gone; a NO says why they stay, an UNKNOWN is tried again
     */
    Finding<String> delete(SavepointEntry savepoint);
}
