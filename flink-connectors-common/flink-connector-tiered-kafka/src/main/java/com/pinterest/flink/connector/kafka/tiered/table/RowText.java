// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.table;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.flink.table.connector.RuntimeConverter;
import org.apache.flink.table.connector.sink.DynamicTableSink.DataStructureConverter;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.function.SerializableFunction;

/** Makes of a row what the SQL client would show of it. */
final class RowText implements SerializableFunction<RowData, byte[]> {

    private static final long serialVersionUID = 1L;

    private final DataStructureConverter converter;
    private transient boolean open;

    RowText(DataStructureConverter converter) {
        this.converter = converter;
    }

    @Override
    public byte[] apply(RowData row) {
        if (!open) {
            converter.open(
                    RuntimeConverter.Context.create(
                            Thread.currentThread().getContextClassLoader()));
            open = true;
        }
        return String.valueOf(converter.toExternal(row)).getBytes(UTF_8);
    }
}
