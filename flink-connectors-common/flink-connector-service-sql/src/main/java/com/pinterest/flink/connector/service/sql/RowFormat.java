// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.sql;

import com.pinterest.flink.connector.service.Answer;
import com.pinterest.flink.connector.service.Schemas;
import com.pinterest.flink.connector.service.http.HttpFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Rows in a format of Flink. A request has the keys as rows of the key fields, in JSON as an array,
 * otherwise one after the other in lines. A response has all rows of these keys, in any order.
 */
final class RowFormat implements HttpFormat<RowData, List<RowData>> {

    private static final long serialVersionUID = 1;

    private final String name;
    private final SerializationSchema<RowData> keySchema;
    private final DeserializationSchema<RowData> rowSchema;
    private final RowType rowType;
    private final int[] keys;
    private transient RowData.FieldGetter[] keyGetters;

    RowFormat(
            String name,
            SerializationSchema<RowData> keySchema,
            DeserializationSchema<RowData> rowSchema,
            RowType rowType,
            int[] keys) {
        this.name = name;
        this.keySchema = keySchema;
        this.rowSchema = rowSchema;
        this.rowType = rowType;
        this.keys = keys;
    }

    private boolean isJson() {
        return name.equals("json");
    }

    @Override
    public void open(ClassLoader userCodeClassLoader) throws Exception {
        Schemas.open(keySchema, userCodeClassLoader);
        Schemas.open(rowSchema, userCodeClassLoader);
        keyGetters = new RowData.FieldGetter[keys.length];
        for (int i = 0; i < keys.length; i++) {
            keyGetters[i] = RowData.createFieldGetter(rowType.getTypeAt(keys[i]), keys[i]);
        }
    }

    @Override
    public String contentType() {
        return isJson() ? "application/json" : "application/octet-stream";
    }

    @Override
    public synchronized byte[] write(List<RowData> keysOfRequest) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        String separator = isJson() ? "[" : "";
        for (RowData key : keysOfRequest) {
            body.writeBytes(separator.getBytes(StandardCharsets.UTF_8));
            body.writeBytes(keySchema.serialize(key));
            separator = isJson() ? "," : "\n";
        }
        if (isJson()) {
            body.write(']');
        }
        return body.toByteArray();
    }

    @Override
    public synchronized List<Answer<List<RowData>>> read(List<RowData> keysOfRequest, byte[] body)
            throws IOException {
        Map<RowData, List<RowData>> byKey = new HashMap<>();
        keysOfRequest.forEach(key -> byKey.put(key, new ArrayList<>(1)));
        for (RowData row : Schemas.readAll(rowSchema, body)) {
            List<RowData> ofKey = byKey.get(key(row));
            if (ofKey == null) {
                throw new IOException("a row has a key that was not asked for: " + row);
            }
            ofKey.add(row);
        }
        List<Answer<List<RowData>>> answers = new ArrayList<>(keysOfRequest.size());
        for (RowData key : keysOfRequest) {
            List<RowData> ofKey = byKey.get(key);
            answers.add(ofKey.isEmpty() ? Answer.absent() : Answer.of(List.copyOf(ofKey)));
        }
        return List.copyOf(answers);
    }

    private RowData key(RowData row) {
        GenericRowData key = new GenericRowData(keys.length);
        for (int i = 0; i < keys.length; i++) {
            key.setField(i, keyGetters[i].getFieldOrNull(row));
        }
        return key;
    }
}
