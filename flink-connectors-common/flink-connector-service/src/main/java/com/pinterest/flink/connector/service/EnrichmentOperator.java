// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.annotation.Nullable;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.event.WatermarkEvent;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * The operator that looks up a value for each record.
 *
 * <p>Outcomes arrive in threads of the service's client. They are put into {@code completed}, and a
 * mail takes all that are there, so that a batch costs one mail. All else happens in the task
 * thread.
 *
 * <p>State format, version 1: the list state {@code in-flight} has, for each record that has not
 * left the operator, its number, its timestamp ({@code Long.MIN_VALUE} if it has none) and the
 * record. It is keyed state if the stream is keyed, so that records stay with their key in another
 * parallelism, and operator state otherwise. Numbers give the order of the records of a subtask.
 */
final class EnrichmentOperator<T, K, V, R> extends AbstractStreamOperator<R>
        implements OneInputStreamOperator<T, R>, BoundedOneInput {

    private static final long serialVersionUID = 1;

    private static final String STATE = "in-flight";

    /** The lane of all records, if all are ordered. */
    private static final Object SINGLE_LANE = new Object();

    private final transient EnrichmentOperatorFactory<T, K, V, R> settings;
    private final transient MailboxExecutor mailbox;
    private final transient TypeSerializer<T> inputSerializer;
    private final transient boolean copiesInput;

    private transient ServiceCores.Lease<K, V> lease;
    private transient ServiceCore<K, V> service;
    private transient OutputQueue<InFlight> queue;
    private transient Queue<InFlight> completed;
    private transient AtomicBoolean mailSent;
    private transient long nextNumber;
    private transient List<Tuple3<Long, Long, T>> restored;

    /** If the stream is keyed, its key. */
    @Nullable private transient KeySelector<T, Object> streamKey;

    private transient ListState<Tuple3<Long, Long, T>> state;

    /** The keys that have keyed state. */
    private transient Set<Object> keysWithState;

    private transient Counter cacheHits;
    private transient Counter lookups;
    private transient Counter deadLetters;

    EnrichmentOperator(
            EnrichmentOperatorFactory<T, K, V, R> settings,
            StreamOperatorParameters<R> parameters,
            MailboxExecutor mailbox) {
        super(parameters);
        this.settings = settings;
        this.mailbox = mailbox;
        this.inputSerializer =
                settings.inputType.createSerializer(getExecutionConfig().getSerializerConfig());
        this.copiesInput = getExecutionConfig().isObjectReuseEnabled();
    }

    /** A record in flight. */
    private final class InFlight extends OutputQueue.Entry implements ServiceCore.Waiter<V> {

        final StreamRecord<T> record;
        final long number = nextNumber++;
        Outcome<V> outcome;

        InFlight(StreamRecord<T> record) {
            this.record = record;
        }

        @Override
        public void complete(Outcome<V> outcomeOfKey) {
            outcome = outcomeOfKey;
            completed.add(this);
            if (mailSent.compareAndSet(false, true)) {
                try {
                    mailbox.execute(EnrichmentOperator.this::takeCompleted, "Outcomes of calls");
                } catch (RejectedExecutionException e) {
                    // The task has ended; the record is in the state of the last checkpoint.
                    LOG.debug("An outcome arrived after the end of the task", e);
                }
            }
        }
    }

    // ------------------------------------------------------------------ life

    @Override
    @SuppressWarnings("unchecked")
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        ListStateDescriptor<Tuple3<Long, Long, T>> descriptor =
                new ListStateDescriptor<>(
                        STATE, Types.TUPLE(Types.LONG, Types.LONG, settings.inputType));
        restored = new ArrayList<>();
        keysWithState = new HashSet<>();
        // The selector of the stream, whatever the type of its keys is.
        streamKey = (KeySelector<T, Object>) getStateKeySelector1();
        if (streamKey == null) {
            state = context.getOperatorStateStore().getListState(descriptor);
            state.get().forEach(restored::add);
        } else {
            state = context.getKeyedStateStore().getListState(descriptor);
            try (Stream<Object> keys =
                    this.<Object>getKeyedStateBackend().getKeys(STATE, VoidNamespace.INSTANCE)) {
                keys.forEach(keysWithState::add);
            }
            for (Object key : keysWithState) {
                setCurrentKey(key);
                state.get().forEach(restored::add);
            }
        }
        restored.sort(Comparator.comparing(record -> record.f0));
    }

    @Override
    public void open() throws Exception {
        super.open();
        completed = new ConcurrentLinkedQueue<>();
        mailSent = new AtomicBoolean();
        queue = new OutputQueue<>(entry -> emit(entry.record, entry.outcome));
        lease =
                ServiceCores.acquire(
                        settings.client,
                        getContainingTask().getEnvironment().getJobID(),
                        getUserCodeClassloader());
        service = lease.core();
        registerMetrics();
        // More than the capacity, maybe: no other record is taken until they are fewer.
        for (Tuple3<Long, Long, T> record : restored) {
            process(
                    record.f1 == Long.MIN_VALUE
                            ? new StreamRecord<>(record.f2)
                            : new StreamRecord<>(record.f2, record.f1));
        }
        restored = null;
    }

    private void registerMetrics() {
        cacheHits = getMetricGroup().counter("numCacheHits");
        lookups = getMetricGroup().counter("numLookups");
        deadLetters = getMetricGroup().counter("numDeadLetters");
        getMetricGroup().gauge("numInFlight", () -> queue.size());
        service.registerMetrics(getMetricGroup());
    }

    @Override
    public void endInput() throws Exception {
        service.flush();
        while (queue.size() > 0) {
            mailbox.yield();
        }
    }

    @Override
    public void close() throws Exception {
        if (lease != null) {
            lease.close();
        }
        super.close();
    }

    // ------------------------------------------------------------------ records

    /** The key of the stream matters only in checkpoints. */
    @Override
    public boolean hasKeyContext1() {
        return false;
    }

    @Override
    public void processElement(StreamRecord<T> element) throws Exception {
        while (queue.size() >= settings.capacity) {
            mailbox.yield();
        }
        process(element);
    }

    private void process(StreamRecord<T> element) throws Exception {
        K key = settings.serviceKey.getKey(element.getValue());
        Object lane = lane(element.getValue());
        Outcome<V> outcome = key == null ? Outcome.absent() : service.cached(key);
        if (outcome != null) {
            cacheHits.inc(key == null ? 0 : 1);
            if (queue.isFree(lane)) {
                emit(element, outcome);
                return;
            }
        }
        InFlight entry =
                new InFlight(
                        copiesInput
                                ? element.copy(inputSerializer.copy(element.getValue()))
                                : element);
        queue.add(entry, lane);
        if (outcome != null) {
            entry.outcome = outcome;
            queue.complete(entry);
        } else {
            lookups.inc();
            service.lookUp(key, entry);
        }
    }

    @Nullable
    private Object lane(T value) throws Exception {
        switch (settings.order) {
            case ORDERED:
                return SINGLE_LANE;
            case BY_KEY:
                return streamKey.getKey(value);
            default:
                return null;
        }
    }

    private void takeCompleted() throws Exception {
        mailSent.set(false);
        InFlight entry;
        while ((entry = completed.poll()) != null) {
            queue.complete(entry);
        }
    }

    private void emit(StreamRecord<T> record, Outcome<V> outcome) throws Exception {
        ServiceException failure = outcome.failure();
        if (failure == null) {
            R result = settings.function.enrich(record.getValue(), outcome.value());
            if (result != null) {
                output.collect(record.replace(result));
            }
            return;
        }
        if (settings.deadLetters == null || failure.getCause() instanceof Error) {
            throw new IllegalStateException(
                    String.format(
                            "Service %s could not answer for a record, after %d calls. Call"
                                    + " withDeadLettersTo() to keep such records and go on.",
                            settings.client.name, outcome.attempts()),
                    failure);
        }
        deadLetters.inc();
        DeadLetter<T> letter =
                new DeadLetter<>(
                        record.getValue(),
                        outcome.attempts(),
                        failure.kind() + ": " + failure.getMessage());
        output.collect(settings.deadLetters, record.<DeadLetter<T>>replace(letter));
    }

    // ------------------------------------------------------------------ barriers

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        queue.addBarrier(() -> super.processWatermark(mark));
    }

    @Override
    public void processWatermark(WatermarkEvent watermark) throws Exception {
        queue.addBarrier(() -> super.processWatermark(watermark));
    }

    @Override
    public void processWatermarkStatus(WatermarkStatus status) throws Exception {
        queue.addBarrier(() -> super.processWatermarkStatus(status));
    }

    // ------------------------------------------------------------------ checkpoints

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        if (streamKey == null) {
            List<Tuple3<Long, Long, T>> records = new ArrayList<>(queue.size());
            for (InFlight entry : queue.entries()) {
                records.add(stored(entry, entry.record.getValue()));
            }
            state.update(records);
            return;
        }
        for (Object key : keysWithState) {
            setCurrentKey(key);
            state.clear();
        }
        keysWithState.clear();
        Map<Object, List<Tuple3<Long, Long, T>>> records = new LinkedHashMap<>();
        for (InFlight entry : queue.entries()) {
            records.computeIfAbsent(
                            streamKey.getKey(entry.record.getValue()), unused -> new ArrayList<>())
                    // A copy: the heap backend writes it later, when the record may have left and
                    // have been changed.
                    .add(stored(entry, inputSerializer.copy(entry.record.getValue())));
        }
        for (Map.Entry<Object, List<Tuple3<Long, Long, T>>> entry : records.entrySet()) {
            setCurrentKey(entry.getKey());
            state.update(entry.getValue());
            keysWithState.add(entry.getKey());
        }
    }

    private Tuple3<Long, Long, T> stored(InFlight entry, T value) {
        StreamRecord<T> record = entry.record;
        return Tuple3.of(
                entry.number,
                record.hasTimestamp() ? record.getTimestamp() : Long.MIN_VALUE,
                value);
    }
}
