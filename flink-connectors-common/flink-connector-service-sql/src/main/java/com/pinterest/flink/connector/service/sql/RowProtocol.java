// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.sql;

import com.pinterest.flink.connector.service.ServiceProtocol;
import java.util.List;
import org.apache.flink.table.connector.source.LookupTableSource.LookupContext;
import org.apache.flink.table.data.RowData;

/** A protocol whose keys and values are rows, once it is known which columns are the key. */
@FunctionalInterface
interface RowProtocol {

    /**
     * Creates the protocol. Its values are all rows that have the key in these columns.
     *
     * @param keys the columns of a key, in their order in it
     */
    ServiceProtocol<RowData, List<RowData>> create(LookupContext context, int[] keys);
}
