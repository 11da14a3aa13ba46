// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch;

import static org.apache.flink.configuration.ConfigOptions.key;

import org.apache.flink.configuration.ConfigOption;

/** The options of mini-batch beside upstream's; they count where that is on. */
public final class MiniBatchOptions {

    /** Whether bundles are gathered, and their state accessed, by operators of ours. */
    public static final ConfigOption<Boolean> BATCHED_STATE =
            key("table.exec.mini-batch.batched-state.enabled")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "Whether aggregations and deduplications read and write the state of a"
                                    + " bundle in batches, in the order of the state backend, and"
                                    + " keep accumulators in place while they gather. State is"
                                    + " the same either way.");

    /** Whether Top-N gathers bundles, which it does not upstream. */
    public static final ConfigOption<Boolean> TOP_N =
            key("table.exec.mini-batch.top-n.enabled")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "Whether Top-N over a table that only grows gathers bundles: rows that"
                                    + " cannot get a rank are dropped at once, and each rank changes"
                                    + " at most once a bundle. State is the same either way.");

    private MiniBatchOptions() {}
}
