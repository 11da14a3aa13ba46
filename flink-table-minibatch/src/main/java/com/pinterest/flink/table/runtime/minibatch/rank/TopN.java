// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.rank;

import java.util.Comparator;
import org.apache.flink.api.common.state.StateDescriptor;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.shaded.guava33.com.google.common.cache.Cache;
import org.apache.flink.shaded.guava33.com.google.common.cache.CacheBuilder;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.context.ExecutionContext;
import org.apache.flink.table.runtime.generated.GeneratedRecordComparator;
import org.apache.flink.table.runtime.keyselector.RowDataKeySelector;
import org.apache.flink.table.runtime.operators.bundle.MapBundleFunction;
import org.apache.flink.table.runtime.operators.rank.ConstantRankRange;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;

/**
 * The first rows of each key by a sort key, with a constant number of ranks.
 *
 * @param <V> what a bundle gathers of a key
 */
public abstract class TopN<V> extends MapBundleFunction<RowData, V, RowData, RowData> {

    private static final long serialVersionUID = 1L;

    final InternalTypeInfo<RowData> rowType;
    final RowDataKeySelector sortKeySelector;
    final long rankEnd;
    final RankedOutput output;
    private final StateTtlConfig ttl;
    private final GeneratedRecordComparator generatedComparator;

    transient TypeSerializer<RowData> serializer;

    /** Of sort keys. */
    transient Comparator<RowData> comparator;

    TopN(
            StateTtlConfig ttl,
            InternalTypeInfo<RowData> rowType,
            GeneratedRecordComparator comparator,
            RowDataKeySelector sortKeySelector,
            ConstantRankRange ranks,
            boolean generateUpdateBefore,
            boolean outputRankNumber) {
        this.ttl = ttl;
        this.rowType = rowType;
        this.generatedComparator = comparator;
        this.sortKeySelector = sortKeySelector;
        this.rankEnd = ranks.getRankEnd();
        this.output =
                new RankedOutput(ranks.getRankStart(), outputRankNumber, generateUpdateBefore);
    }

    @Override
    public void open(ExecutionContext context) throws Exception {
        super.open(context);
        serializer = rowType.toRowSerializer();
        comparator =
                generatedComparator.newInstance(
                        context.getRuntimeContext().getUserCodeClassLoader());
    }

    final boolean expires() {
        return ttl.isEnabled();
    }

    /** Lets a state expire as the query is configured. */
    final <D extends StateDescriptor<?, ?>> D expiring(D descriptor) {
        if (expires()) {
            descriptor.enableTimeToLive(ttl);
        }
        return descriptor;
    }

    /**
     * A cache of what the state has, by keys.
     *
     * @param rows how many rows to keep in memory, of all keys
     */
    final <C> Cache<RowData, C> newCache(long rows) {
        CacheBuilder<Object, Object> builder =
                CacheBuilder.newBuilder().maximumSize(Math.max(1, rows / rankEnd));
        if (expires()) {
            builder.expireAfterWrite(ttl.getTimeToLive());
        }
        return builder.build();
    }
}
