// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import java.util.Collections;

/**
 * Tells which keys of a map state will be read for an entry of a bundle, as far as that can be
 * told.
 *
 * @param <UK> the keys of the map
 */
@FunctionalInterface
public interface ExpectedKeys<UK> {

    /** Keys that are not null, each once. */
    Iterable<UK> of(BundleEntry<?> entry);

    /** For states of which nothing can be told. */
    static <UK> ExpectedKeys<UK> none() {
        return entry -> Collections.emptyList();
    }
}
