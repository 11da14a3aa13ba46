// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import javax.annotation.Nullable;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.sink.writer.ElementConverter;

/** Makes writes of records. Copies them if the job reuses objects, as they wait for the service. */
final class WriteConverter<T> implements ElementConverter<T, Write<T>> {

    private static final long serialVersionUID = 1;

    @Nullable private transient TypeSerializer<T> copies;

    @Override
    public void open(WriterInitContext context) {
        copies = context.isObjectReuseEnabled() ? context.createInputSerializer() : null;
    }

    @Override
    public Write<T> apply(T record, SinkWriter.Context context) {
        return new Write<>(copies == null ? record : copies.copy(record));
    }
}
