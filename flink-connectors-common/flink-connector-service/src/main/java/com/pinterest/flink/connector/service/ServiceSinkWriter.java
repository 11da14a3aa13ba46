// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.annotation.Nullable;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.sink.writer.AsyncSinkWriter;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.DequeRequestBuffer;
import org.apache.flink.connector.base.sink.writer.ElementConverter;
import org.apache.flink.connector.base.sink.writer.RequestEntryWrapper;
import org.apache.flink.connector.base.sink.writer.ResultHandler;
import org.apache.flink.connector.base.sink.writer.SimpleBatchCreator;
import org.apache.flink.connector.base.sink.writer.config.AsyncSinkWriterConfiguration;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.IOUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes records to a service.
 *
 * <p>The base class collects records and limits how many are in flight. What happens to a call that
 * fails is up to {@link ServiceCore}, so a request of the base class ends when all of its writes
 * have an outcome, and is never repeated by it. Unlike the base class, this does not wait for
 * requests before a checkpoint: they are in the state. All but the outcomes is done in the task
 * thread.
 */
final class ServiceSinkWriter<T, V> extends AsyncSinkWriter<T, Write<T>> {

    private static final Logger LOG = LoggerFactory.getLogger(ServiceSinkWriter.class);

    /** The size of a record for the base class, which only limits their number here. */
    static final long SIZE = 1;

    /** A dead letter has no time of its own. */
    private static final SinkWriter.Context LETTER_CONTEXT =
            new SinkWriter.Context() {
                @Override
                public long currentWatermark() {
                    return Long.MIN_VALUE;
                }

                @Nullable
                @Override
                public Long timestamp() {
                    return null;
                }
            };

    private final String name;
    private final MailboxExecutor mailbox;
    private final ServiceCores.Lease<Write<T>, V> lease;
    @Nullable private final SinkWriter<DeadLetter<T>> deadLetters;
    private final Counter numDeadLetters;

    /** In the order in which they were sent. */
    private final Set<Write<T>> inFlight = new LinkedHashSet<>();

    ServiceSinkWriter(
            ServiceClient<Write<T>, V> client,
            ElementConverter<T, Write<T>> converter,
            AsyncSinkWriterConfiguration configuration,
            @Nullable Sink<DeadLetter<T>> deadLetterSink,
            WriterInitContext context,
            Collection<BufferedRequestState<Write<T>>> states) {
        super(
                converter,
                context,
                configuration,
                states,
                new SimpleBatchCreator<>(configuration.getMaxBatchSizeInBytes()),
                new DequeRequestBuffer<>());
        this.name = client.name;
        this.mailbox = context.getMailboxExecutor();
        this.numDeadLetters = context.metricGroup().counter("numDeadLetters");
        this.lease = acquire(client, context);
        try {
            this.deadLetters = deadLetterSink == null ? null : deadLetterSink.createWriter(context);
        } catch (IOException | RuntimeException e) {
            IOUtils.closeQuietly(lease);
            throw new IllegalStateException(
                    "The sink for the dead letters of service " + name + " cannot be opened", e);
        }
        lease.core().registerMetrics(context.metricGroup());
    }

    private static <T, V> ServiceCores.Lease<Write<T>, V> acquire(
            ServiceClient<Write<T>, V> client, WriterInitContext context) {
        try {
            return ServiceCores.acquire(
                    client,
                    context.getJobInfo().getJobId(),
                    context.getUserCodeClassLoader().asClassLoader());
        } catch (Exception e) {
            throw new IllegalStateException(
                    "The sink to service " + client.name + " cannot be opened", e);
        }
    }

    @Override
    protected long getSizeInBytes(Write<T> write) {
        return SIZE;
    }

    // ------------------------------------------------------------------ requests

    /** Some writes, and those that were given up. */
    private final class Request {

        final List<Write<T>> writes;
        final ResultHandler<Write<T>> handler;
        final AtomicInteger open;
        final Queue<DeadLetter<T>> letters = new ConcurrentLinkedQueue<>();
        @Nullable volatile ServiceException failure;

        Request(List<Write<T>> writes, ResultHandler<Write<T>> handler) {
            this.writes = writes;
            this.handler = handler;
            this.open = new AtomicInteger(writes.size());
        }

        void complete(Write<T> write, Outcome<V> outcome) {
            ServiceException error = outcome.failure();
            if (error != null) {
                failure = error;
                letters.add(
                        new DeadLetter<>(
                                write.record,
                                outcome.attempts(),
                                error.kind() + ": " + error.getMessage()));
            }
            if (open.decrementAndGet() == 0) {
                try {
                    mailbox.execute(() -> finish(this), "Outcomes of calls");
                } catch (RejectedExecutionException e) {
                    // The task has ended; the records are in the state of the last checkpoint.
                    LOG.debug("An outcome arrived after the end of the task", e);
                }
            }
        }
    }

    @Override
    protected void submitRequestEntries(List<Write<T>> writes, ResultHandler<Write<T>> handler) {
        Request request = new Request(List.copyOf(writes), handler);
        inFlight.addAll(request.writes);
        for (Write<T> write : request.writes) {
            lease.core().lookUp(write, outcome -> request.complete(write, outcome));
        }
        // They have waited for others.
        lease.core().flush();
    }

    private void finish(Request request) throws Exception {
        ServiceException failure = request.failure;
        if (failure != null && (deadLetters == null || failure.getCause() instanceof Error)) {
            request.handler.completeExceptionally(
                    new IllegalStateException(
                            String.format(
                                    "Service %s has not taken a record, after %d calls. Call"
                                            + " withDeadLettersTo() to keep such records and go on.",
                                    name, request.letters.peek().getAttempts()),
                            failure));
            return;
        }
        for (DeadLetter<T> letter : request.letters) {
            deadLetters.write(letter, LETTER_CONTEXT);
            numDeadLetters.inc();
        }
        request.writes.forEach(inFlight::remove);
        request.handler.complete();
    }

    // ------------------------------------------------------------------ checkpoints

    @Override
    public void flush(boolean endOfInput) throws InterruptedException {
        if (endOfInput) {
            super.flush(true);
        }
        if (deadLetters == null) {
            return;
        }
        long before;
        try {
            do {
                // It may let outcomes in, and so get other letters.
                before = numDeadLetters.getCount();
                // All of it, since it has no state.
                deadLetters.flush(true);
                requireNoCommit();
            } while (numDeadLetters.getCount() > before);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The dead letters of service " + name + " cannot be written", e);
        }
    }

    private void requireNoCommit() throws IOException, InterruptedException {
        if (deadLetters instanceof CommittingSinkWriter
                && !((CommittingSinkWriter<?, ?>) deadLetters).prepareCommit().isEmpty()) {
            throw new IllegalStateException(
                    "The sink for the dead letters of service "
                            + name
                            + " needs commits. Use one that writes at least once without them.");
        }
    }

    @Override
    public List<BufferedRequestState<Write<T>>> snapshotState(long checkpointId) {
        List<RequestEntryWrapper<Write<T>>> entries = new ArrayList<>(inFlight.size());
        for (Write<T> write : inFlight) {
            entries.add(new RequestEntryWrapper<>(write, SIZE));
        }
        for (BufferedRequestState<Write<T>> buffered : super.snapshotState(checkpointId)) {
            entries.addAll(buffered.getBufferedRequestEntries());
        }
        return List.of(new BufferedRequestState<>(entries));
    }

    @Override
    public void close() {
        try {
            IOUtils.closeAll(lease, deadLetters, super::close);
        } catch (Exception e) {
            throw new IllegalStateException("The sink to service " + name + " cannot be closed", e);
        }
    }
}
