// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.sql;

import com.pinterest.flink.connector.service.ServiceClient;
import com.pinterest.flink.connector.service.ServiceProtocol;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.LookupTableSource;
import org.apache.flink.table.connector.source.lookup.AsyncLookupFunctionProvider;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;

/** A service as a table that rows are looked up in. Immutable. */
final class ServiceTableSource implements LookupTableSource {

    private final String table;
    private final DataType rowType;
    private final RowProtocol protocol;
    private final BiFunction<
                    String,
                    ServiceProtocol<RowData, List<RowData>>,
                    ServiceClient<RowData, List<RowData>>>
            client;

    /**
     * Creates a source.
     *
     * @param client the client of a name and a protocol
     */
    ServiceTableSource(
            String table,
            DataType rowType,
            RowProtocol protocol,
            BiFunction<
                            String,
                            ServiceProtocol<RowData, List<RowData>>,
                            ServiceClient<RowData, List<RowData>>>
                    client) {
        this.table = table;
        this.rowType = rowType;
        this.protocol = protocol;
        this.client = client;
    }

    @Override
    public LookupRuntimeProvider getLookupRuntimeProvider(LookupContext context) {
        int[] keys = Arrays.stream(context.getKeys()).mapToInt(this::column).toArray();
        String names =
                Arrays.stream(keys)
                        .mapToObj(DataType.getFieldNames(rowType)::get)
                        .collect(Collectors.joining(", ", "(", ")"));
        return AsyncLookupFunctionProvider.of(
                new ServiceLookupFunction(
                        client.apply(table + names, protocol.create(context, keys))));
    }

    private int column(int[] path) {
        LogicalType type = rowType.getLogicalType().getChildren().get(path[0]);
        if (path.length > 1
                || type.is(LogicalTypeFamily.CONSTRUCTED)
                || type.is(LogicalTypeFamily.USER_DEFINED)) {
            throw new ValidationException(
                    String.format(
                            "Table %s cannot be joined by column %s: its type is %s",
                            table,
                            DataType.getFieldNames(rowType).get(path[0]),
                            type.asSummaryString()));
        }
        return path[0];
    }

    @Override
    public DynamicTableSource copy() {
        return new ServiceTableSource(table, rowType, protocol, client);
    }

    @Override
    public String asSummaryString() {
        return "Service";
    }
}
