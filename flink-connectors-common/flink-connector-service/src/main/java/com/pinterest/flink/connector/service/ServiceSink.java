// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import static org.apache.flink.util.Preconditions.checkArgument;
import static org.apache.flink.util.Preconditions.checkNotNull;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import javax.annotation.Nullable;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.sink.AsyncSinkBase;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.config.AsyncSinkWriterConfiguration;
import org.apache.flink.connector.base.sink.writer.strategy.AIMDScalingStrategy;
import org.apache.flink.connector.base.sink.writer.strategy.CongestionControlRateLimitingStrategy;
import org.apache.flink.connector.base.sink.writer.strategy.RateLimitingStrategy;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Writes the records of a stream to a service, at least once and in no order. Immutable.
 *
 * <pre>{@code
 * stream.sinkTo(ServiceSink.to(client, type)).uid("orders");
 * }</pre>
 *
 * <p>Records that the service has not taken yet are in the state, so that a checkpoint does not
 * wait for the service. After a restart they are written again.
 *
 * @param <T> the type of the records
 */
@PublicEvolving
public final class ServiceSink<T> extends AsyncSinkBase<T, Write<T>> {

    private static final long serialVersionUID = 1;

    private static final int CAPACITY = 1000;

    /** The client repeats calls and knows time-outs, so the base class needs none. */
    private static final Duration NO_TIMEOUT = Duration.ofDays(365);

    private final ServiceClient<T, ?> client;
    private final TypeSerializer<T> serializer;
    private final int capacity;
    @Nullable private final Sink<DeadLetter<T>> deadLetters;

    private ServiceSink(
            ServiceClient<T, ?> client,
            TypeSerializer<T> serializer,
            int capacity,
            @Nullable Sink<DeadLetter<T>> deadLetters) {
        super(
                new WriteConverter<>(),
                client.batchSize,
                Math.max(1, capacity / client.batchSize),
                // More than a batch, as the base class wants it.
                Math.max(capacity, client.batchSize + 1),
                Long.MAX_VALUE,
                Math.max(1, client.batchDelay.toMillis()),
                Long.MAX_VALUE,
                NO_TIMEOUT.toMillis(),
                false);
        this.client = client;
        this.serializer = serializer;
        this.capacity = capacity;
        this.deadLetters = deadLetters;
    }

    /**
     * Creates a sink.
     *
     * @param client its keys are the records; the values that it answers are ignored
     * @param type the type of the records
     * @throws IllegalArgumentException if calls may not be repeated, or if there is a cache
     */
    public static <T> ServiceSink<T> to(ServiceClient<T, ?> client, TypeInformation<T> type) {
        checkArgument(
                client.protocol.isIdempotent(),
                "A sink writes at least once, so that service %s gets records again, after a restart"
                        + " for example. Declare with idempotent() that it may",
                client.name);
        checkArgument(
                client.cacheSize == 0,
                "A sink writes each record, so that service %s must not have a cache: leave out"
                        + " withCache()",
                client.name);
        return new ServiceSink<>(
                client, type.createSerializer(new SerializerConfigImpl()), CAPACITY, null);
    }

    /**
     * Sets about how many records of a subtask may be on their way to the service, and how many
     * more may wait for that; 1000 by default. They are in each checkpoint. If there are more, the
     * sink waits.
     */
    public ServiceSink<T> withCapacity(int records) {
        checkArgument(records > 0, "The capacity must be positive, not %s", records);
        return new ServiceSink<>(client, serializer, records, deadLetters);
    }

    /**
     * Writes records that the service does not take to another sink, instead of failing the job.
     * They are there before the checkpoint that forgets them.
     *
     * @param sink writes at least once and needs no commits, such as a Kafka sink with {@code
     *     AT_LEAST_ONCE}; a file sink does need them
     */
    public ServiceSink<T> withDeadLettersTo(Sink<DeadLetter<T>> sink) {
        return new ServiceSink<>(client, serializer, capacity, checkNotNull(sink, "sink"));
    }

    @Override
    public StatefulSinkWriter<T, BufferedRequestState<Write<T>>> createWriter(
            WriterInitContext context) {
        return restoreWriter(context, List.of());
    }

    @Override
    public StatefulSinkWriter<T, BufferedRequestState<Write<T>>> restoreWriter(
            WriterInitContext context, Collection<BufferedRequestState<Write<T>>> states) {
        return new ServiceSinkWriter<>(
                writes(client),
                getElementConverter(),
                configuration(),
                deadLetters,
                context,
                states);
    }

    private static <T, V> ServiceClient<Write<T>, V> writes(ServiceClient<T, V> client) {
        return client.withProtocol(new WriteProtocol<>(client.protocol));
    }

    @Override
    public SimpleVersionedSerializer<BufferedRequestState<Write<T>>> getWriterStateSerializer() {
        return new WriteStateSerializer<>(serializer.duplicate());
    }

    private AsyncSinkWriterConfiguration configuration() {
        // The client has its own limit, which adapts; this one would begin with a single batch.
        int records = getMaxBatchSize() * getMaxInFlightRequests();
        RateLimitingStrategy strategy =
                CongestionControlRateLimitingStrategy.builder()
                        .setMaxInFlightRequests(getMaxInFlightRequests())
                        .setInitialMaxInFlightMessages(records)
                        .setScalingStrategy(AIMDScalingStrategy.builder(records).build())
                        .build();
        return AsyncSinkWriterConfiguration.builder()
                .setMaxBatchSize(getMaxBatchSize())
                .setMaxBatchSizeInBytes(getMaxBatchSizeInBytes())
                .setMaxInFlightRequests(getMaxInFlightRequests())
                .setMaxBufferedRequests(getMaxBufferedRequests())
                .setMaxTimeInBufferMS(getMaxTimeInBufferMS())
                .setMaxRecordSizeInBytes(getMaxRecordSizeInBytes())
                .setRequestTimeoutMS(getRequestTimeoutMS())
                .setFailOnTimeout(getFailOnTimeout())
                .setRateLimitingStrategy(strategy)
                .build();
    }
}
