// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.rank;

import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.generated.GeneratedRecordComparator;
import org.apache.flink.table.runtime.generated.GeneratedRecordEqualiser;
import org.apache.flink.table.runtime.keyselector.RowDataKeySelector;
import org.apache.flink.table.runtime.operators.rank.AbstractTopNFunction;
import org.apache.flink.table.runtime.operators.rank.ComparableRecordComparator;
import org.apache.flink.table.runtime.operators.rank.ConstantRankRange;
import org.apache.flink.table.runtime.operators.rank.RankType;
import org.apache.flink.table.runtime.operators.rank.RetractableTopNFunction;
import org.apache.flink.table.runtime.operators.rank.UpdatableTopNFunction;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;

/**
 * Upstream's Top-N functions, extended by the arguments that they were created with. The planner
 * has some of these arguments only where it creates them.
 */
public final class TopNFunctions {

    private TopNFunctions() {}

    /** A function that can provide the function for bundles. */
    public interface Bundled {

        /** Returns the function for bundles. */
        TopN<?> bundled();
    }

    /** Creates upstream's function for tables with a unique key whose rows only move up. */
    public static AbstractTopNFunction updatable(
            StateTtlConfig ttl,
            InternalTypeInfo<RowData> rowType,
            RowDataKeySelector rowKeySelector,
            GeneratedRecordComparator comparator,
            RowDataKeySelector sortKeys,
            RankType rankType,
            ConstantRankRange ranks,
            boolean generateUpdateBefore,
            boolean outputsRanks,
            long cacheSize) {
        TopN<?> bundled =
                new UpdatableTopN(
                        ttl,
                        rowType,
                        rowKeySelector,
                        comparator,
                        sortKeys,
                        ranks,
                        generateUpdateBefore,
                        outputsRanks,
                        cacheSize);
        class Function extends UpdatableTopNFunction implements Bundled {

            private static final long serialVersionUID = 1L;

            Function() {
                super(
                        ttl,
                        rowType,
                        rowKeySelector,
                        comparator,
                        sortKeys,
                        rankType,
                        ranks,
                        generateUpdateBefore,
                        outputsRanks,
                        cacheSize);
            }

            @Override
            public TopN<?> bundled() {
                return bundled;
            }
        }

        return new Function();
    }

    /** Creates upstream's function for any table. */
    public static AbstractTopNFunction retractable(
            StateTtlConfig ttl,
            InternalTypeInfo<RowData> rowType,
            ComparableRecordComparator comparator,
            RowDataKeySelector sortKeys,
            RankType rankType,
            ConstantRankRange ranks,
            GeneratedRecordEqualiser equaliser,
            boolean generateUpdateBefore,
            boolean outputsRanks) {
        TopN<?> bundled =
                new RetractableTopN(
                        ttl,
                        rowType,
                        comparator,
                        sortKeys,
                        ranks,
                        equaliser,
                        generateUpdateBefore,
                        outputsRanks);
        class Function extends RetractableTopNFunction implements Bundled {

            private static final long serialVersionUID = 1L;

            Function() {
                super(
                        ttl,
                        rowType,
                        comparator,
                        sortKeys,
                        rankType,
                        ranks,
                        equaliser,
                        generateUpdateBefore,
                        outputsRanks);
            }

            @Override
            public TopN<?> bundled() {
                return bundled;
            }
        }

        return new Function();
    }
}
