// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch;

import static org.apache.flink.configuration.ConfigOptions.key;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;

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
                                    + " keep accumulators in place while they gather, and bundles"
                                    + " end by a timer, without a look at the clock for each"
                                    + " row. State is the same either way.");

    /** Whether RocksDB has filters of the keys of our operators. */
    public static final ConfigOption<Boolean> KEY_FILTERS =
            key("table.exec.mini-batch.key-filters.enabled")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "Whether state in RocksDB of operators that gather bundles has Bloom"
                                    + " filters, in write buffers and files, which tell most keys"
                                    + " without state. They take 10 bits an entry of the block"
                                    + " cache and up to a fiftieth of the write buffer of each"
                                    + " state. Not where a factory of options is configured for"
                                    + " RocksDB. State is the same either way.");

    /** Whether Top-N gathers bundles, which it does not upstream. */
    public static final ConfigOption<Boolean> TOP_N =
            key("table.exec.mini-batch.top-n.enabled")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "Whether Top-N with a constant number of ranks gathers bundles: each rank"
                                    + " changes at most once a bundle, and of a table that only"
                                    + " grows rows that cannot get a rank are dropped at once."
                                    + " State is the same either way.");

    /** Whether regular joins gather bundles by operators of ours. */
    public static final ConfigOption<Boolean> JOIN =
            key("table.exec.mini-batch.join.enabled")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "Whether regular joins, semi and anti joins too, go through the rows of"
                                    + " the other input once for all changes of a key, and count"
                                    + " matches once for a bundle. If not, they are upstream's, which"
                                    + " go row by row where an input has a unique key. State is the"
                                    + " same either way.");

    /** Whether sums of changes have the kind that fits them: FLINK-34380. */
    public static final ConfigOption<Boolean> JOIN_CONSISTENT_ROW_KINDS =
            key("table.exec.mini-batch.join.consistent-row-kinds")
                    .booleanType()
                    .defaultValue(false)
                    .withDescription(
                            "Whether an insertion and an update that a bundle of a join sums up are"
                                    + " emitted as an insertion, and an update and a deletion as a"
                                    + " deletion; upstream emits the kind of the last change"
                                    + " (FLINK-34380). It counts for inputs with a unique key.");

    /** How much memory a bundle may take; zero leaves it to the operators. */
    public static final ConfigOption<MemorySize> MAX_MEMORY =
            key("table.exec.mini-batch.max-memory")
                    .memoryType()
                    .defaultValue(MemorySize.ZERO)
                    .withDescription(
                            "How much of the heap a bundle may take, about, before it ends. Zero is"
                                    + " for an even part of a fifth of the heap, which all bundles"
                                    + " of a process share.");

    /** How long a bundle may take to finish, for which a checkpoint waits. */
    public static final ConfigOption<Double> FLUSH_SHARE =
            key("table.exec.mini-batch.flush-time.share")
                    .doubleType()
                    .defaultValue(0.5)
                    .withDescription(
                            "The part of the allowed latency that it may take to finish a bundle,"
                                    + " above 0 and at most 1. Bundles that take longer are"
                                    + " followed by smaller ones. A checkpoint waits while a bundle"
                                    + " is finished.");

    /** Whether bundles get smaller where nothing is lost. */
    public static final ConfigOption<Boolean> ADAPTIVE_SIZE =
            key("table.exec.mini-batch.adaptive-size.enabled")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "Whether bundles get smaller where half as many rows sum up as well,"
                                    + " down to 8192 rows, and grow again, up to"
                                    + " table.exec.mini-batch.size, where that sums up more.");

    /** Whether local aggregations skip bundles that do not pay off. */
    public static final ConfigOption<Boolean> SKIP_LOCAL =
            key("table.exec.mini-batch.local-aggregation.skip.enabled")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "Whether a local aggregation passes rows on, each by itself, for some"
                                    + " bundles after one in which there was little to sum up.");

    /** Whether inner joins on the heap skip bundles that do not pay off. */
    public static final ConfigOption<Boolean> SKIP_JOIN =
            key("table.exec.mini-batch.join.skip.enabled")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "Whether an inner join whose state is on the heap makes changes one by"
                                    + " one, for some bundles after one in which few of them"
                                    + " cancelled each other.");

    private MiniBatchOptions() {}
}
