// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.rank;

import org.apache.flink.table.data.RowData;

/** A row with a rank, of a table with a unique key. */
final class RankedRow {

    final RowData rowKey;
    final RowData sortKey;
    final RowData row;

    /** Its number among the rows with this sort key, starting at 1. */
    final int innerRank;

    RankedRow(RowData rowKey, RowData sortKey, RowData row, int innerRank) {
        this.rowKey = rowKey;
        this.sortKey = sortKey;
        this.row = row;
        this.innerRank = innerRank;
    }

    RankedRow withInnerRank(int rank) {
        return rank == innerRank ? this : new RankedRow(rowKey, sortKey, row, rank);
    }
}
