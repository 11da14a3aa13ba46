// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.state;

import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.state.CompositeKeySerializationUtils;
import org.apache.flink.runtime.state.StateBackend.KeyedStateBackendParameters;
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

    private RocksDBKeyFilters() {}

    /**
     * The options of the column families of a backend, with filters where its operator asked for
     * them.
     *
     * <p>Called by the patched {@code EmbeddedRocksDBStateBackend}.
     *
     * @param options makes those that a column family has anyway
     * @param areUsers whether a factory of the user's takes part in that; then nothing is added, as
     *     that cannot be known to go with it
     * @return options by the name of a state
     */
    public static Function<String, ColumnFamilyOptions> columnOptions(
            KeyedStateBackendParameters<?> parameters,
            Supplier<ColumnFamilyOptions> options,
            boolean areUsers) {
        Matcher identifier = OPERATOR.matcher(parameters.getOperatorIdentifier());
        if (areUsers || !identifier.find()) {
            return state -> options.get();
        }
        String operator = identifier.group(1);
        Configuration task = parameters.getEnv().getTaskConfiguration();
        int keyBytes = KeyFilters.prefixBytes(task, operator);
        if (keyBytes == 0) {
            return state ->
                    KeyFilters.asksForEntries(task, operator, state)
                            ? withEntryFilters(options.get())
                            : options.get();
        }
        int prefix =
                CompositeKeySerializationUtils.computeRequiredBytesInKeyGroupPrefix(
                                parameters.getNumberOfKeyGroups())
                        + keyBytes;
        KeyFilters.givePrefixes(task, operator);
        return state -> withPrefixFilters(options.get(), prefix);
    }

    private static ColumnFamilyOptions withEntryFilters(ColumnFamilyOptions options) {
        return withFilters(options, true).setMemtableWholeKeyFiltering(true);
    }

    /** Filters by the first bytes, or by all if there are less. */
    private static ColumnFamilyOptions withPrefixFilters(ColumnFamilyOptions options, int bytes) {
        return withFilters(options, false).useCappedPrefixExtractor(bytes);
    }

    private static ColumnFamilyOptions withFilters(ColumnFamilyOptions options, boolean ofEntries) {
        TableFormatConfig format = options.tableFormatConfig();
        BlockBasedTableConfig table =
                format == null
                        ? new BlockBasedTableConfig()
                        : format instanceof BlockBasedTableConfig
                                ? (BlockBasedTableConfig) format
                                : null;
        // A filter that is configured stays.
        if (table != null && table.filterPolicy() == null) {
            table.setFilterPolicy(Bloom.FILTER).setWholeKeyFiltering(ofEntries);
            if (table.cacheIndexAndFilterBlocks()) {
                // Those of a file as a whole are as large as hundreds of blocks. In a small cache
                // they push each other out.
                table.setIndexType(IndexType.kTwoLevelIndexSearch)
                        .setPartitionFilters(true)
                        .setPinTopLevelIndexAndFilter(true);
            }
            options.setTableFormatConfig(table);
        }
        return options.setMemtablePrefixBloomSizeRatio(SHARE_OF_WRITE_BUFFER);
    }

    /** Made when RocksDB has been loaded; one for all, so that none has to be closed. */
    private static final class Bloom {
        static final BloomFilter FILTER = new BloomFilter(BITS_PER_KEY, false);
    }
}
