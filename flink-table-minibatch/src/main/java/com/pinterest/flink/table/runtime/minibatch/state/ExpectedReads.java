// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import java.util.Collections;

/** Tells what will be read of a state for an entry of a bundle, as far as that can be told. */
public interface ExpectedReads {

    /** Nothing can be told. */
    ExpectedReads NONE = new ExpectedReads() {};

    /** Every value of a value state is read. */
    ExpectedReads VALUES =
            new ExpectedReads() {
                @Override
                public boolean ofValue(BundleEntry<?> entry) {
                    return true;
                }
            };

    /** Whether the value will be read, if this is a value state. */
    default boolean ofValue(BundleEntry<?> entry) {
        return false;
    }

    /**
     * Which keys of the map will be read, if this is a map state: not null, each once or more. They
     * are equal by value, and do not change while the bundle is finished.
     */
    default Iterable<?> ofMap(BundleEntry<?> entry) {
        return Collections.emptyList();
    }
}
