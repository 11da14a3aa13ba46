// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.sql;

import com.pinterest.flink.connector.service.ServiceProtocol;
import com.pinterest.flink.connector.service.http.HttpService;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.format.EncodingFormat;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.LookupTableSource.LookupContext;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/** An HTTP service that gets keys and returns rows, both in a format of Flink. */
final class HttpRows implements RowProtocol {

    private final String url;
    private final Map<String, String> headers;
    private final String formatName;
    private final EncodingFormat<SerializationSchema<RowData>> keyFormat;
    private final DecodingFormat<DeserializationSchema<RowData>> rowFormat;
    private final DataType rowType;

    HttpRows(
            String url,
            Map<String, String> headers,
            String formatName,
            EncodingFormat<SerializationSchema<RowData>> keyFormat,
            DecodingFormat<DeserializationSchema<RowData>> rowFormat,
            DataType rowType) {
        this.url = url;
        this.headers = headers;
        this.formatName = formatName;
        this.keyFormat = keyFormat;
        this.rowFormat = rowFormat;
        this.rowType = rowType;
    }

    @Override
    public ServiceProtocol<RowData, List<RowData>> create(LookupContext context, int[] keys) {
        List<DataTypes.Field> fields =
                Arrays.stream(keys)
                        .mapToObj(
                                key ->
                                        DataTypes.FIELD(
                                                DataType.getFieldNames(rowType).get(key),
                                                DataType.getFieldDataTypes(rowType).get(key)))
                        .collect(Collectors.toList());
        RowFormat format =
                new RowFormat(
                        formatName,
                        keyFormat.createRuntimeEncoder(
                                new KeyContext(context), DataTypes.ROW(fields).notNull()),
                        rowFormat.createRuntimeDecoder(context, rowType),
                        (RowType) rowType.getLogicalType(),
                        keys);
        HttpService<RowData, List<RowData>> service = HttpService.post(url, format).idempotent();
        for (Map.Entry<String, String> header : headers.entrySet()) {
            service = service.withHeader(header.getKey(), header.getValue());
        }
        return service;
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
        @SuppressWarnings("deprecation") // It has no default.
        public Optional<int[][]> getTargetColumns() {
            return Optional.empty();
        }
    }
}
