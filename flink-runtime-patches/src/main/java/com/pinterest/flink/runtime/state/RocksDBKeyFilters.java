// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.state;

import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.annotation.Nullable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.state.CompositeKeySerializationUtils;
import org.apache.flink.runtime.state.StateBackend.KeyedStateBackendParameters;
import org.apache.flink.state.rocksdb.RocksDBResourceContainer;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.IndexType;
import org.rocksdb.TableFormatConfig;

/**
 * Bloom filters for the state of operators that {@linkplain KeyFilters request them}, in the write
 * buffers and in the files.
 *
 * <p>The entries in the files are the same as without filters. RocksDB ignores filters that it is
 * not configured for, and does without if a file has none, so operators, releases and
 * configurations can exchange files.
 */
public final class RocksDBKeyFilters {

    /** A {@code OperatorSubtaskDescriptionText}: class, id and index of the subtask. */
    private static final Pattern OPERATOR = Pattern.compile("_([0-9a-f]{32})_\\(\\d+/\\d+\\)$");

    /** Bits per key; one in a hundred keys without state passes the filter. */
    private static final double BITS_PER_KEY = 10;

    /** Share of a write buffer; for entries of 100 bytes in 64 MB, this is 16 bits each. */
    private static final double SHARE_OF_WRITE_BUFFER = 0.02;

    /** Approximate number of states that fill the memory of all write buffers of a slot. */
    private static final int FILLED_STATES = 4;

    private RocksDBKeyFilters() {}

    /**
     * Returns the options of the column families of a backend, with filters if its operator
     * requested them.
     *
     * <p>Called by the patched {@code EmbeddedRocksDBStateBackend}.
     *
     * @param resources creates the options that a column family has without filters
     * @param areUsers whether an options factory of the user is involved; then nothing is added,
     *     because it may not be compatible
     * @return the options by the name of a state
     */
    public static Function<String, ColumnFamilyOptions> columnOptions(
            KeyedStateBackendParameters<?> parameters,
            RocksDBResourceContainer resources,
            boolean areUsers) {
        Matcher identifier = OPERATOR.matcher(parameters.getOperatorIdentifier());
        if (areUsers || !identifier.find()) {
            return state -> resources.getColumnOptions();
        }
        String operator = identifier.group(1);
        Configuration task = parameters.getEnv().getTaskConfiguration();
        int keyBytes = KeyFilters.prefixBytes(task, operator);
        if (keyBytes == 0 && !KeyFilters.asksForEntries(task, operator)) {
            return state -> resources.getColumnOptions();
        }
        KeyFilters.give(task, operator);
        int prefix =
                CompositeKeySerializationUtils.computeRequiredBytesInKeyGroupPrefix(
                                parameters.getNumberOfKeyGroups())
                        + keyBytes;
        return state -> {
            if (!isLookedUp(state)) {
                return resources.getColumnOptions();
            }
            // By the first bytes, or by all if there are fewer.
            return keyBytes > 0
                    ? withFilters(resources, false).useCappedPrefixExtractor(prefix)
                    : withFilters(resources, true).setMemtableWholeKeyFiltering(true);
        };
    }

    /**
     * Returns false for states in which hardly any key is looked up: the column family that RocksDB
     * always has and Flink leaves empty, timers ({@code InternalTimeServiceManagerImpl}), and what
     * a data view stores under a null key ({@code PerKeyStateDataViewStore}).
     */
    private static boolean isLookedUp(String state) {
        return !state.equals("default")
                && !state.startsWith("_timer_state/")
                && !state.endsWith("_null_state");
    }

    private static ColumnFamilyOptions withFilters(
            RocksDBResourceContainer resources, boolean ofEntries) {
        ColumnFamilyOptions options = resources.getColumnOptions();
        TableFormatConfig format = options.tableFormatConfig();
        if (format == null) {
            format = new BlockBasedTableConfig();
        }
        if (format instanceof BlockBasedTableConfig) {
            BlockBasedTableConfig table = (BlockBasedTableConfig) format;
            // A configured filter stays.
            if (table.filterPolicy() == null) {
                setFilter(table, ofEntries);
                options.setTableFormatConfig(table);
            }
        }
        return options.setMemtablePrefixBloomSizeRatio(
                SHARE_OF_WRITE_BUFFER
                        * usableShare(
                                options.writeBufferSize(),
                                resources.getWriteBufferManagerCapacity()));
    }

    private static void setFilter(BlockBasedTableConfig table, boolean ofEntries) {
        table.setFilterPolicy(Bloom.FILTER).setWholeKeyFiltering(ofEntries);
        if (table.cacheIndexAndFilterBlocks()) {
            // The filter and the index of a whole file are as large as hundreds of blocks. In a
            // small cache, they would evict each other.
            table.setIndexType(IndexType.kTwoLevelIndexSearch)
                    .setPartitionFilters(true)
                    .setPinTopLevelIndexAndFilter(true);
        }
    }

    /**
     * Returns the share of its write buffer that a state can fill, if there is a limit for all
     * states together. The memory of a filter is allocated at once and is then missing for entries.
     *
     * @param writeBuffer size in bytes
     * @param writeBuffers limit of all write buffers together in bytes; null for no limit
     */
    static double usableShare(long writeBuffer, @Nullable Long writeBuffers) {
        return writeBuffers == null
                ? 1
                : Math.min(1, (double) writeBuffers / FILLED_STATES / writeBuffer);
    }

    /** The filter. Created after RocksDB is loaded, and shared, so that none has to be closed. */
    private static final class Bloom {
        static final BloomFilter FILTER = new BloomFilter(BITS_PER_KEY, false);
    }
}
