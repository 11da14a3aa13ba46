// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.http;

import com.pinterest.flink.connector.service.Answer;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.apache.flink.annotation.PublicEvolving;

/**
 * What the bodies of requests and responses look like. {@link JsonFormat} and {@link SchemaFormat}
 * are implementations.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
@PublicEvolving
public interface HttpFormat<K, V> extends Serializable {

    /**
     * Called once before all other methods.
     *
     * @param userCodeClassLoader the class loader of the job
     */
    default void open(ClassLoader userCodeClassLoader) throws Exception {}

    /** The media type of request bodies. */
    String contentType();

    /**
     * Returns the body of a request. Thread-safe.
     *
     * @throws IOException if a key cannot be written
     */
    byte[] write(List<K> keys) throws IOException;

    /**
     * Reads the body of a response with the status 200, 201 or 202. Thread-safe.
     *
     * @param keys the keys of the request
     * @return an answer for each key, in the order of the keys
     * @throws IOException if the body is malformed; the call may be repeated
     */
    List<Answer<V>> read(List<K> keys, byte[] body) throws IOException;
}
