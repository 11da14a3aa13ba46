// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import org.apache.flink.api.common.state.State;
import org.apache.flink.table.data.RowData;

/**
 * The keyed state of an operator, for the time in which it finishes a bundle.
 *
 * <p>Between {@link #begin} and {@link #end} the operator goes through the entries in the order
 * that {@code begin} was told, sets each key, and accesses state as ever. Reads may have been done
 * beforehand for many keys, and writes may be held back; state is complete after {@code end}. A key
 * that comes in another order is served too, one by one.
 */
public interface BundleState {

    /** Puts entries into the order of the backend, if it has one. */
    void sort(BundleEntry<?>[] entries);

    /** Says which entries will come, in their order. */
    void begin(BundleEntry<?>[] entries);

    /** Sets the key whose state is accessed. */
    void setCurrentKey(RowData key);

    /** Writes what was held back. */
    void end();

    /** Lets go of what a bundle needs, in case one failed. */
    void close();

    /**
     * Takes part in the accesses to a state.
     *
     * @param name of the state
     * @return the state, or what is to be used in its place
     */
    <S extends State> S register(String name, S state);
}
