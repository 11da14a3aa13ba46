// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch;

import static org.apache.flink.configuration.ConfigOptions.key;

import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;

/** The options of SQL mini-batch in addition to upstream's. They apply if mini-batch is on. */
public final class MiniBatchOptions {

    /** Whether aggregations and deduplications use our operators. */
    public static final ConfigOption<Boolean> BATCHED_STATE =
            key("table.exec.mini-batch.batched-state.enabled")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "Whether aggregations and deduplications read and write the"
                                    + " state of a bundle in batches, in the order of the state"
                                    + " backend, and keep accumulators in place until the bundle is"
                                    + " flushed. Also ends bundles by a timer alone, without reading"
                                    + " the clock for each row. State is the same either way.");

    /** Whether our operators use key filters in RocksDB. */
    public static final ConfigOption<Boolean> KEY_FILTERS =
            key("table.exec.mini-batch.key-filters.enabled")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "Whether operators that process bundles have Bloom filters"
                                    + " for the keys of their RocksDB state, in write buffers and"
                                    + " files, which skip most keys without state. They take 10 bits"
                                    + " per entry in the block cache and up to a fiftieth of the"
                                    + " write buffer of each state. No filters are added if an"
                                    + " options factory is configured for RocksDB. State is the same"
                                    + " either way.");

    /** Whether Top-N is processed in bundles; upstream's never is. */
    public static final ConfigOption<Boolean> TOP_N =
            key("table.exec.mini-batch.top-n.enabled")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "Whether Top-N with a constant number of ranks is processed"
                                    + " in bundles. Each rank then changes at most once per bundle,"
                                    + " and if the input is insert-only, rows that cannot get a rank"
                                    + " are dropped on arrival. State is the same either way.");

    /** Whether regular joins use our operators. */
    public static final ConfigOption<Boolean> JOIN =
            key("table.exec.mini-batch.join.enabled")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "Whether regular joins, including semi and anti joins, scan"
                                    + " the rows of the other input once for all changes of a key,"
                                    + " and count matches once per bundle. If false, upstream's"
                                    + " joins are used, or joins that process rows one by one if an"
                                    + " input has a unique key. State is the same either way.");

    /** Whether combined changes have a consistent row kind: FLINK-34380. */
    public static final ConfigOption<Boolean> JOIN_CONSISTENT_ROW_KINDS =
            key("table.exec.mini-batch.join.consistent-row-kinds")
                    .booleanType()
                    .defaultValue(false)
                    .withDescription(
                            "Whether a join emits an insertion where a bundle combines an"
                                    + " insertion and an update, and a deletion where it combines an"
                                    + " update and a deletion. Upstream emits the kind of the last"
                                    + " change (FLINK-34380). Applies to inputs with a unique key.");

    /** The heap memory of a bundle; zero shares a part of the heap. */
    public static final ConfigOption<MemorySize> MAX_MEMORY =
            key("table.exec.mini-batch.max-memory")
                    .memoryType()
                    .defaultValue(MemorySize.ZERO)
                    .withDescription(
                            "The approximate heap memory of a bundle; a bundle that"
                                    + " reaches it is flushed. With zero, all bundles of a process"
                                    + " share a fifth of its heap in equal parts.");

    /** The maximum flush time as a share of the allowed latency. */
    public static final ConfigOption<Double> FLUSH_SHARE =
            key("table.exec.mini-batch.flush-time.share")
                    .doubleType()
                    .defaultValue(0.5)
                    .withDescription(
                            "The maximum time to flush a bundle, as a share of the"
                                    + " allowed latency, above 0 and at most 1. If a flush takes"
                                    + " longer, the next bundles are smaller. A checkpoint waits"
                                    + " while a bundle is flushed.");

    /** Whether bundles shrink if smaller ones reduce rows equally well. */
    public static final ConfigOption<Boolean> ADAPTIVE_SIZE =
            key("table.exec.mini-batch.adaptive-size.enabled")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "Whether bundles shrink, down to 8192 rows, if bundles of"
                                    + " half the size reduce rows equally well, and grow again, up"
                                    + " to table.exec.mini-batch.size, if larger bundles reduce rows"
                                    + " better.");

    /** Whether local aggregations skip bundles that do not pay off. */
    public static final ConfigOption<Boolean> SKIP_LOCAL =
            key("table.exec.mini-batch.local-aggregation.skip.enabled")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "Whether a local aggregation skips some bundles, and passes"
                                    + " rows on one by one, after a bundle that hardly reduced the"
                                    + " number of rows.");

    /** Whether inner joins on the heap skip bundles that do not pay off. */
    public static final ConfigOption<Boolean> SKIP_JOIN =
            key("table.exec.mini-batch.join.skip.enabled")
                    .booleanType()
                    .defaultValue(true)
                    .withDescription(
                            "Whether an inner join with state on the heap skips some"
                                    + " bundles, and processes changes one by one, after a bundle in"
                                    + " which few changes cancelled each other.");

    private MiniBatchOptions() {}
}
