// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import java.util.Collections;

/** The reads of a state that are expected for an entry of a bundle, as far as they are known. */
public interface ExpectedReads {

    /** No reads are known. */
    ExpectedReads NONE = new ExpectedReads() {};

    /** Each value of a value state is read. */
    ExpectedReads VALUES =
            new ExpectedReads() {
                @Override
                public boolean ofValue(BundleEntry<?> entry) {
                    return true;
                }
            };

    /** Returns whether the value will be read, if this is a value state. */
    default boolean ofValue(BundleEntry<?> entry) {
        return false;
    }

    /**
     * Returns the keys of the map that will be read, if this is a map state. They are not null and
     * may repeat; they are equal by value, and do not change while the bundle is finished.
     */
    default Iterable<?> ofMap(BundleEntry<?> entry) {
        return Collections.emptyList();
    }
}
