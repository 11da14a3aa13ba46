// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.annotation.PublicEvolving;

/**
 * The connections of a TaskManager to a service. Thread-safe: several calls are in progress at the
 * same time.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
@PublicEvolving
public interface ServiceConnection<K, V> extends AutoCloseable {

    /**
     * Calls the service, without blocking. A connection that was lost by a call must not be used by
     * another one.
     *
     * @param keys different keys, at least one and at most {@link ServiceProtocol#maxBatchSize};
     *     not changed later
     * @param timeout after which the answer is not awaited any more. The caller keeps this time
     *     itself and cancels the future; an implementation may use it to free resources.
     * @return an answer for each key, in the order of the keys. Fails with a {@link
     *     ServiceException}; an {@link IOException} of another class counts as {@link
     *     ServiceException.Kind#TRANSIENT}, any other as {@link ServiceException.Kind#PERMANENT}.
     */
    CompletableFuture<List<Answer<V>>> call(List<K> keys, Duration timeout);

    /** Frees all resources. Calls in progress fail, or never complete. */
    @Override
    void close() throws IOException;
}
