// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import static org.apache.flink.util.Preconditions.checkArgument;
import static org.apache.flink.util.Preconditions.checkNotNull;
import static org.apache.flink.util.Preconditions.checkState;

import javax.annotation.Nullable;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.OutputTag;

/**
 * Describes an operator that looks up a value at a service for each record of a stream.
 *
 * <p>This is a builder: its methods change it and return it. Not thread-safe.
 *
 * @param <T> the type of the records
 * @param <K> the type of the service's keys
 * @param <V> the type of its values
 */
@PublicEvolving
public final class Enrichment<T, K, V> {

    private final DataStream<T> stream;
    private final ServiceClient<K, V> client;

    @Nullable private KeySelector<T, K> serviceKey;
    private EnrichmentOrder order = EnrichmentOrder.UNORDERED;
    private int capacity = 1000;
    @Nullable private OutputTag<DeadLetter<T>> deadLetters;

    Enrichment(DataStream<T> stream, ServiceClient<K, V> client) {
        this.stream = checkNotNull(stream, "stream");
        this.client = checkNotNull(client, "client");
    }

    /**
     * Sets the service's key of a record. Required. A record whose key is null gets no value,
     * without a call.
     */
    public Enrichment<T, K, V> by(KeySelector<T, K> selector) {
        serviceKey = checkNotNull(selector, "selector");
        return this;
    }

    /**
     * Emits records as soon as their value is there, between the same watermarks as before. This is
     * the default.
     */
    public Enrichment<T, K, V> unordered() {
        order = EnrichmentOrder.UNORDERED;
        return this;
    }

    /** Emits records in the order in which they arrived. */
    public Enrichment<T, K, V> ordered() {
        order = EnrichmentOrder.ORDERED;
        return this;
    }

    /**
     * Emits the records of a key of the stream in the order in which they arrived; those of
     * different keys do not wait for each other. The stream has to be keyed.
     */
    public Enrichment<T, K, V> orderedByKey() {
        checkArgument(
                stream instanceof KeyedStream,
                "orderedByKey() needs a keyed stream: call keyBy() before enrich()");
        order = EnrichmentOrder.BY_KEY;
        return this;
    }

    /**
     * Sets how many records of a subtask may be in flight; 1000 by default. They are in each
     * checkpoint. If there are more, the operator waits.
     */
    public Enrichment<T, K, V> withCapacity(int records) {
        checkArgument(records > 0, "The capacity must be positive, not %s", records);
        capacity = records;
        return this;
    }

    /**
     * Emits records that the service cannot answer to a side output, instead of failing the job.
     *
     * @param tag {@link ServiceCalls#deadLetterTag}
     */
    public Enrichment<T, K, V> withDeadLettersTo(OutputTag<DeadLetter<T>> tag) {
        deadLetters = checkNotNull(tag, "tag");
        return this;
    }

    /**
     * Adds the operator to the stream.
     *
     * @param function puts a record and its value together
     * @param resultType the type of the function's result
     * @return the stream of results, whose uid should be set
     * @throws IllegalStateException if there is no key
     */
    public <R> SingleOutputStreamOperator<R> with(
            EnrichFunction<T, V, R> function, TypeInformation<R> resultType) {
        checkState(serviceKey != null, "The key of the enrichment is missing: call by()");
        StreamExecutionEnvironment environment = stream.getExecutionEnvironment();
        return stream.transform(
                "Service calls to " + client.name,
                resultType,
                new EnrichmentOperatorFactory<>(
                        client,
                        environment.clean(serviceKey),
                        environment.clean(function),
                        stream.getType(),
                        order,
                        capacity,
                        deadLetters));
    }
}
