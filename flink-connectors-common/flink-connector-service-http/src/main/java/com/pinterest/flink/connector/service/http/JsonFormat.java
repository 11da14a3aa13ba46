// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.http;

import static org.apache.flink.util.Preconditions.checkArgument;
import static org.apache.flink.util.Preconditions.checkNotNull;

import com.pinterest.flink.connector.service.Answer;
import com.pinterest.flink.connector.service.ServiceException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.DeserializationFeature;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JavaType;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.type.TypeFactory;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.util.LRUMap;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.util.LookupCache;

/**
 * JSON. Keys and values are converted by Jackson: values may be strings, numbers, maps, or POJOs
 * with setters. Fields that a value's class does not have are ignored. Thread-safe.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
@PublicEvolving
public final class JsonFormat<K, V> implements HttpFormat<K, V> {

    private static final long serialVersionUID = 1;

    private final Class<V> valueClass;
    private final boolean batches;

    /** Whether answers are read. */
    private final boolean reads;

    @Nullable private final String errorField;
    private transient ObjectMapper mapper;

    private JsonFormat(
            Class<V> valueClass, boolean batches, boolean reads, @Nullable String errorField) {
        this.valueClass = checkNotNull(valueClass, "valueClass");
        this.batches = batches;
        this.reads = reads;
        this.errorField = errorField;
    }

    /**
     * The request has an array of keys, the response an array with the value of each key, in the
     * same order, or null if there is none. For services with a method for several keys.
     */
    public static <K, V> JsonFormat<K, V> array(Class<V> valueClass) {
        return new JsonFormat<>(valueClass, true, true, null);
    }

    /** The request has one key, the response its value, or null if there is none. */
    public static <K, V> JsonFormat<K, V> value(Class<V> valueClass) {
        return new JsonFormat<>(valueClass, false, true, null);
    }

    /**
     * The request has an array of records, which the service has taken as a whole if its status
     * says so; what the response has is ignored. For writes. If the service answers for each
     * record, {@link #array} with {@link #withErrorField} repeats only those that failed.
     */
    public static <T> JsonFormat<T, Object> records() {
        return new JsonFormat<>(Object.class, true, false, null);
    }

    /**
     * Lets a service report that it failed for a key: by an object with this field in place of the
     * value. The key is repeated.
     *
     * @param field the name of a field whose value is the message
     */
    public JsonFormat<K, V> withErrorField(String field) {
        checkArgument(reads, "The answers of records() are not read: use array()");
        return new JsonFormat<>(valueClass, batches, reads, checkNotNull(field, "field"));
    }

    @Override
    public void open(ClassLoader userCodeClassLoader) {
        // Jackson's own cache is shared by all jobs and would keep their classes.
        LookupCache<Object, JavaType> types = new LRUMap<>(16, 256);
        mapper =
                new ObjectMapper()
                        .setTypeFactory(
                                TypeFactory.defaultInstance()
                                        .withClassLoader(userCodeClassLoader)
                                        .withCache(types))
                        .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false)
                        .configure(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, true);
    }

    @Override
    public String contentType() {
        return "application/json";
    }

    @Override
    public byte[] write(List<K> keys) throws IOException {
        checkArgument(batches || keys.size() == 1, "The format is for one key");
        return mapper.writeValueAsBytes(batches ? keys : keys.get(0));
    }

    @Override
    public List<Answer<V>> read(List<K> keys, byte[] body) throws IOException {
        if (!reads) {
            return Collections.nCopies(keys.size(), Answer.absent());
        }
        JsonNode root = mapper.readTree(body);
        if (!batches) {
            return List.of(answer(root));
        }
        if (!root.isArray() || root.size() != keys.size()) {
            throw new IOException(
                    String.format(
                            "expected an array of %d values, found %s",
                            keys.size(), root.isArray() ? root.size() : root.getNodeType()));
        }
        List<Answer<V>> answers = new ArrayList<>(keys.size());
        for (JsonNode node : root) {
            answers.add(answer(node));
        }
        return List.copyOf(answers);
    }

    private Answer<V> answer(JsonNode node) throws IOException {
        if (node.isNull()) {
            return Answer.absent();
        }
        if (node.isMissingNode()) {
            throw new IOException("the body is empty");
        }
        if (errorField != null && node.hasNonNull(errorField)) {
            return Answer.failed(
                    ServiceException.of(
                            ServiceException.Kind.TRANSIENT, node.get(errorField).asText()));
        }
        return Answer.ofNullable(mapper.treeToValue(node, valueClass));
    }
}
