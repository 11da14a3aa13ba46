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
 * A Top-N with a constant number of ranks as a bundle function.
 *
 * @param <V> what a bundle gathers for a key
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

    /** Compares sort keys. */
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

    /** Sets the time to live of a state as configured for the query. */
    final <D extends StateDescriptor<?, ?>> D expiring(D descriptor) {
        if (expires()) {
            descriptor.enableTimeToLive(ttl);
        }
        return descriptor;
    }

    /**
     * Creates a cache of the state by key.
     *
     * @param rows the maximum number of rows in memory, of all keys together
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
