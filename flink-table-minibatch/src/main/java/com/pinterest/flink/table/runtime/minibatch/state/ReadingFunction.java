// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

/** A function that tells what it will read of its states. */
public interface ReadingFunction {

    /** What will be read of a state of that name. */
    ExpectedReads expectedReads(String state);
}
