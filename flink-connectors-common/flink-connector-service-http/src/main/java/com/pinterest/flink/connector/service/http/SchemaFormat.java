// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.http;

import static org.apache.flink.util.Preconditions.checkNotNull;

import com.pinterest.flink.connector.service.Answer;
import com.pinterest.flink.connector.service.Schemas;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.java.functions.KeySelector;

/**
 * A format of Flink. Schemas are not thread-safe, so that bodies are read and written one at a
 * time.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
@PublicEvolving
public final class SchemaFormat<K, V> implements HttpFormat<K, V> {

    private static final long serialVersionUID = 1;

    private final String contentType;
    @Nullable private final SerializationSchema<List<K>> keys;

    /** Null if answers are not read. */
    @Nullable private final DeserializationSchema<V> values;

    @Nullable private final KeySelector<V, K> keyOfValue;

    private SchemaFormat(
            String contentType,
            @Nullable SerializationSchema<List<K>> keys,
            @Nullable DeserializationSchema<V> values,
            @Nullable KeySelector<V, K> keyOfValue) {
        this.contentType = contentType;
        this.keys = keys;
        this.values = values;
        this.keyOfValue = keyOfValue;
    }

    /**
     * The response is one value. For {@link HttpService#get}, whose requests have no body.
     *
     * @param values a schema that returns null, or emits nothing, if there is no value
     */
    public static <K, V> SchemaFormat<K, V> value(DeserializationSchema<V> values) {
        return new SchemaFormat<>(
                "application/octet-stream", null, checkNotNull(values, "values"), null);
    }

    /**
     * The request has several keys, the response the values of those that have one, in any order.
     *
     * @param contentType the media type of requests
     * @param values a schema that emits all values of a body
     * @param keyOfValue the key that a value belongs to
     */
    public static <K, V> SchemaFormat<K, V> batch(
            String contentType,
            SerializationSchema<List<K>> keys,
            DeserializationSchema<V> values,
            KeySelector<V, K> keyOfValue) {
        return new SchemaFormat<>(
                checkNotNull(contentType, "contentType"),
                checkNotNull(keys, "keys"),
                checkNotNull(values, "values"),
                checkNotNull(keyOfValue, "keyOfValue"));
    }

    /**
     * The request has several records, which the service has taken as a whole if its status says
     * so; what the response has is ignored. For writes.
     *
     * @param contentType the media type of requests
     */
    public static <T> SchemaFormat<T, Object> records(
            String contentType, SerializationSchema<List<T>> records) {
        return new SchemaFormat<>(
                checkNotNull(contentType, "contentType"),
                checkNotNull(records, "records"),
                null,
                null);
    }

    @Override
    public void open(ClassLoader userCodeClassLoader) throws Exception {
        if (keys != null) {
            Schemas.open(keys, userCodeClassLoader);
        }
        if (values != null) {
            Schemas.open(values, userCodeClassLoader);
        }
    }

    @Override
    public String contentType() {
        return contentType;
    }

    @Override
    public synchronized byte[] write(List<K> keysOfRequest) throws IOException {
        if (keys == null) {
            throw new IOException("The format has no schema for keys: use SchemaFormat.batch()");
        }
        return keys.serialize(keysOfRequest);
    }

    @Override
    public synchronized List<Answer<V>> read(List<K> keysOfRequest, byte[] body)
            throws IOException {
        if (values == null) {
            return Collections.nCopies(keysOfRequest.size(), Answer.absent());
        }
        List<V> all = Schemas.readAll(values, body);
        if (keyOfValue == null) {
            if (all.size() > 1) {
                throw new IOException("expected one value, found " + all.size());
            }
            return List.of(Answer.ofNullable(all.isEmpty() ? null : all.get(0)));
        }
        Map<K, V> byKey = new HashMap<>();
        for (V value : all) {
            byKey.put(key(value), value);
        }
        List<Answer<V>> answers = new ArrayList<>(keysOfRequest.size());
        for (K key : keysOfRequest) {
            answers.add(Answer.ofNullable(byKey.get(key)));
        }
        return List.copyOf(answers);
    }

    private K key(V value) throws IOException {
        try {
            return keyOfValue.getKey(value);
        } catch (Exception e) {
            throw new IOException("a value has no key: " + value, e);
        }
    }
}
