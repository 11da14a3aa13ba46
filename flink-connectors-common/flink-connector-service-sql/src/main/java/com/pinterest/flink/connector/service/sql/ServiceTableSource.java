// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.sql;

import com.pinterest.flink.connector.service.ServiceClient;
import com.pinterest.flink.connector.service.ServiceProtocol;
import com.pinterest.flink.connector.service.http.HttpFormat;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.format.EncodingFormat;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.LookupTableSource;
import org.apache.flink.table.connector.source.lookup.AsyncLookupFunctionProvider;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/** A service as a table that rows are looked up in. Immutable. */
final class ServiceTableSource implements LookupTableSource {

    private final String table;
    private final DataType rowType;
    private final EncodingFormat<SerializationSchema<RowData>> keyFormat;
    private final DecodingFormat<DeserializationSchema<RowData>> rowFormat;
    private final String formatName;
    private final Function<
                    HttpFormat<RowData, Collection<RowData>>,
                    ServiceProtocol<RowData, Collection<RowData>>>
            protocol;
    private final BiFunction<
                    String,
                    ServiceProtocol<RowData, Collection<RowData>>,
                    ServiceClient<RowData, Collection<RowData>>>
            client;

    ServiceTableSource(
            String table,
            DataType rowType,
            EncodingFormat<SerializationSchema<RowData>> keyFormat,
            DecodingFormat<DeserializationSchema<RowData>> rowFormat,
            String formatName,
            Function<
                            HttpFormat<RowData, Collection<RowData>>,
                            ServiceProtocol<RowData, Collection<RowData>>>
                    protocol,
            BiFunction<
                            String,
                            ServiceProtocol<RowData, Collection<RowData>>,
                            ServiceClient<RowData, Collection<RowData>>>
                    client) {
        this.table = table;
        this.rowType = rowType;
        this.keyFormat = keyFormat;
        this.rowFormat = rowFormat;
        this.formatName = formatName;
        this.protocol = protocol;
        this.client = client;
    }

    @Override
    public LookupRuntimeProvider getLookupRuntimeProvider(LookupContext context) {
        int[] keys = new int[context.getKeys().length];
        for (int i = 0; i < keys.length; i++) {
            int[] path = context.getKeys()[i];
            if (path.length != 1) {
                throw new ValidationException(
                        "Table " + table + " cannot be joined by a field of a nested row");
            }
            keys[i] = path[0];
        }
        List<DataTypes.Field> fields =
                Arrays.stream(keys)
                        .mapToObj(
                                key ->
                                        DataTypes.FIELD(
                                                DataType.getFieldNames(rowType).get(key),
                                                DataType.getFieldDataTypes(rowType).get(key)))
                        .collect(Collectors.toList());
        RowType type = (RowType) rowType.getLogicalType();
        RowFormat format =
                new RowFormat(
                        formatName,
                        keyFormat.createRuntimeEncoder(
                                new KeyContext(context), DataTypes.ROW(fields).notNull()),
                        rowFormat.createRuntimeDecoder(context, rowType),
                        type,
                        keys);
        String name = table + Arrays.toString(keys);
        return AsyncLookupFunctionProvider.of(
                new ServiceLookupFunction(client.apply(name, protocol.apply(format))));
    }

    @Override
    public DynamicTableSource copy() {
        return new ServiceTableSource(
                table, rowType, keyFormat, rowFormat, formatName, protocol, client);
    }

    @Override
    public String asSummaryString() {
        return "Service";
    }

    /** What a format asks for when it is to write keys. */
    private static final class KeyContext implements DynamicTableSink.Context {

        private final DynamicTableSource.Context context;

        KeyContext(DynamicTableSource.Context context) {
            this.context = context;
        }

        @Override
        public boolean isBounded() {
            return false;
        }

        @Override
        public <T> TypeInformation<T> createTypeInformation(DataType consumedDataType) {
            return context.createTypeInformation(consumedDataType);
        }

        @Override
        public <T> TypeInformation<T> createTypeInformation(LogicalType consumedLogicalType) {
            return context.createTypeInformation(consumedLogicalType);
        }

        @Override
        public DynamicTableSink.DataStructureConverter createDataStructureConverter(
                DataType consumedDataType) {
            throw new UnsupportedOperationException(
                    "The format needs objects in place of rows, which keys of a service are not");
        }

        @Override
        public java.util.Optional<int[][]> getTargetColumns() {
            return java.util.Optional.empty();
        }
    }
}
