// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import org.apache.flink.api.common.state.State;
import org.apache.flink.table.data.RowData;

/**
 * The keyed state of an operator while it finishes a bundle.
 *
 * <p>Between {@link #begin} and {@link #end}, the operator processes the entries in the order that
 * was given to {@code begin}, sets each key, and accesses state as usual. Values may be read ahead
 * for many keys, and writes may be held back; state is complete after {@code end}. A key in another
 * order is processed too, but on its own.
 *
 * <p>Not thread-safe.
 */
public interface BundleState {

    /** Sorts entries in the order of the backend, if it has one. */
    void sort(BundleEntry<?>[] entries);

    /** Starts a bundle with these entries, in their order. */
    void begin(BundleEntry<?>[] entries);

    /** Sets the key whose state is accessed. */
    void setCurrentKey(RowData key);

    /** Writes what was held back. */
    void end();

    /** Releases the resources of a bundle, in case one failed. */
    void close();

    /**
     * Registers a state to be accessed in bundles.
     *
     * @param name the name of the state
     * @return the state, or a replacement to be used instead
     */
    <S extends State> S register(String name, S state);
}
