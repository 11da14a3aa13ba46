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
 * Bloom filters for the state of operators that {@linkplain KeyFilters ask for them}, in the write
 * buffers and in the files.
 *
 * <p>Files have the entries that they would have anyway. RocksDB leaves filters alone that it is
 * not configured for, and does without where a file has none, so files go both ways between
 * operators, releases and configurations.
 */
public final class RocksDBKeyFilters {

    /** {@code OperatorSubtaskDescriptionText}: class, id, and which subtask it is. */
    private static final Pattern OPERATOR = Pattern.compile("_([0-9a-f]{32})_\\(\\d+/\\d+\\)$");

    /** One key of a hundred without state is not told as such. */
    private static final double BITS_PER_KEY = 10;

    /** Of a write buffer; 64 MB of entries of 100 bytes have 16 bits each. */
    private static final double SHARE_OF_WRITE_BUFFER = 0.02;

    /** States that fill what all write buffers of a slot may take, about. */
    private static final int FILLED_STATES = 4;

    private RocksDBKeyFilters() {}

    /**
     * The options of the column families of a backend, with filters where its operator asked for
     * them.
     *
     * <p>Called by the patched {@code EmbeddedRocksDBStateBackend}.
     *
     * @param resources makes those that a column family has anyway
     * @param areUsers whether a factory of the user's takes part in that; then nothing is added, as
     *     that cannot be known to go with it
     * @return options by the name of a state
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
            // By the first bytes, or by all if there are less.
            return keyBytes > 0
                    ? withFilters(resources, false).useCappedPrefixExtractor(prefix)
                    : withFilters(resources, true).setMemtableWholeKeyFiltering(true);
        };
    }

    /**
     * Not what RocksDB has in any case and Flink leaves empty, not timers ({@code
     * InternalTimeServiceManagerImpl}), and not what a view of data has under a null key ({@code
     * PerKeyStateDataViewStore}), as few have one.
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
            // A filter that is configured stays.
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
            // Those of a file as a whole are as large as hundreds of blocks. In a small cache they
            // push each other out.
            table.setIndexType(IndexType.kTwoLevelIndexSearch)
                    .setPartitionFilters(true)
                    .setPinTopLevelIndexAndFilter(true);
        }
    }

    /**
     * How much of its write buffer a state fills, where those of all states together may take less.
     * A filter takes its memory at once, which is then missing for entries.
     *
     * @param writeBuffer in bytes
     * @param writeBuffers what all may take, in bytes; null for no limit
     */
    static double usableShare(long writeBuffer, @Nullable Long writeBuffers) {
        return writeBuffers == null
                ? 1
                : Math.min(1, (double) writeBuffers / FILLED_STATES / writeBuffer);
    }

    /** Made when RocksDB has been loaded; one for all, so that none has to be closed. */
    private static final class Bloom {
        static final BloomFilter FILTER = new BloomFilter(BITS_PER_KEY, false);
    }
}
