// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import com.pinterest.flink.connector.service.ServiceException.Kind;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import javax.annotation.Nullable;
import org.apache.flink.annotation.Internal;
import org.apache.flink.metrics.MetricGroup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks keys up at a service. Shared by the subtasks of a job in a TaskManager; thread-safe.
 *
 * <p>Each key in flight is one {@link Lookup}, which all records with the key wait for. New lookups
 * are in {@code fresh}, in the order of their arrival, and become calls of up to a batch each. A
 * call ends by its answer or by the time-out, whichever is first; the other is ignored. A lookup
 * then either is completed, or goes into {@code retries} until it is due. So a lookup is in exactly
 * one of {@code fresh}, {@code retries} and a call until it completes, once.
 *
 * <p>{@link #pump} decides which calls can be made. It runs whenever something has changed: a key
 * or an answer has arrived, or the time has come that it asked for. All fields are guarded by
 * {@code lock}; calls and waiters are called without it.
 */
@Internal
public final class ServiceCore<K, V> {

    private static final Logger LOG = LoggerFactory.getLogger(ServiceCore.class);

    private static final long NEVER = Long.MAX_VALUE;
    private static final int MAX_BACKOFF_SHIFT = 20;

    /**
     * Gets the outcome of a lookup.
     *
     * @param <V> the type of the value
     */
    @FunctionalInterface
    public interface Waiter<V> {

        /** Called once, in any thread; must not block or throw. */
        void complete(Outcome<V> outcome);
    }

    private final ServiceClient<K, V> client;
    private final ServiceConnection<K, V> connection;
    private final Timers timers;
    private final boolean idempotent;
    private final AnswerCache<K, V> cache;
    private final ServiceStatistics statistics = new ServiceStatistics();
    private final Random random = new Random();

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<K, Lookup<K, V>> inFlight = new HashMap<>();
    private final ArrayDeque<Lookup<K, V>> fresh = new ArrayDeque<>();
    private final PriorityQueue<Lookup<K, V>> retries;
    private final CircuitBreaker breaker;
    private final ConcurrencyLimit limit;
    private final RetryBudget budget;

    /** Lookups of {@code fresh} that need not wait for others any more. */
    private int flushed;

    private int activeCalls;
    private long nextSequence;

    /** The service asked not to be called before; only if {@code paused}. */
    private long pausedUntil;

    private boolean paused;

    /** When {@code pump} runs next; only if {@code wakeUp} is not null. */
    private long wakeUpTime;

    @Nullable private Timers.Timer wakeUp;
    private boolean closed;

    ServiceCore(ServiceClient<K, V> client, ServiceConnection<K, V> connection, Timers timers) {
        this.client = client;
        this.connection = connection;
        this.timers = timers;
        this.idempotent = client.protocol.isIdempotent();
        long now = timers.nanos();
        // By differences, since times may overflow.
        this.retries =
                new PriorityQueue<>(
                        Comparator.comparingLong((Lookup<K, V> lookup) -> lookup.due - now)
                                .thenComparingLong(lookup -> lookup.sequence));
        this.cache =
                new AnswerCache<>(
                        client.cacheSize, client.cacheTime, client.cacheTimeOfAbsent, timers);
        this.breaker =
                new CircuitBreaker(
                        client.breakerFailures,
                        client.minBreak.toNanos(),
                        client.maxBreak.toNanos());
        this.limit = new ConcurrencyLimit(client.maxConcurrency, now);
        this.budget = new RetryBudget(client.retryShare, now);
    }

    /** A key that was asked for and has no outcome yet. */
    private static final class Lookup<K, V> {

        final K key;
        final List<Waiter<V>> waiters = new ArrayList<>(1);

        /** When it was created. */
        long sequence;

        /** For a fresh lookup: when it need not wait for others; for a retry: when to try. */
        long due;

        /** The calls that it was a part of. */
        int calls;

        /** Those that count, see {@link ServiceClient#withMaxAttempts}. */
        int attempts;

        /** The number of keys that its next call may have, smaller after a batch was refused. */
        int maxBatch = Integer.MAX_VALUE;

        Lookup(K key) {
            this.key = key;
        }
    }

    /** A call in progress. */
    private static final class Call<K, V> {

        final List<Lookup<K, V>> lookups;
        final List<K> keys;
        final boolean trial;
        final long start;
        @Nullable CompletableFuture<List<Answer<V>>> future;
        @Nullable Timers.Timer timeout;
        boolean done;

        Call(List<Lookup<K, V>> lookups, boolean trial, long start) {
            this.lookups = lookups;
            this.trial = trial;
            this.start = start;
            List<K> all = new ArrayList<>(lookups.size());
            for (Lookup<K, V> lookup : lookups) {
                all.add(lookup.key);
            }
            this.keys = List.copyOf(all);
        }
    }

    // ------------------------------------------------------------------ lookups

    /** The outcome for a key, if it is cached; otherwise null. */
    @Nullable
    public Outcome<V> cached(K key) {
        return cache.get(key);
    }

    /**
     * Looks up a key at the service.
     *
     * @param waiter gets the outcome, exactly once, unless this is closed before
     */
    public void lookUp(K key, Waiter<V> waiter) {
        List<Call<K, V>> calls = new ArrayList<>(0);
        lock.lock();
        try {
            Lookup<K, V> lookup = inFlight.get(key);
            if (lookup == null) {
                lookup = new Lookup<>(key);
                lookup.sequence = nextSequence++;
                inFlight.put(key, lookup);
                long now = timers.nanos();
                lookup.due = now + client.batchDelay.toNanos();
                fresh.add(lookup);
                pump(now, calls);
            } else {
                statistics.coalescedKeys.increment();
            }
            lookup.waiters.add(waiter);
        } finally {
            lock.unlock();
        }
        send(calls);
    }

    /** Lets no key that was asked for so far wait for others. */
    public void flush() {
        List<Call<K, V>> calls = new ArrayList<>(0);
        lock.lock();
        try {
            flushed = fresh.size();
            pump(timers.nanos(), calls);
        } finally {
            lock.unlock();
        }
        send(calls);
    }

    // ------------------------------------------------------------------ calls

    /** Adds the calls that can be made now, and asks for the time at which there may be more. */
    private void pump(long now, List<Call<K, V>> calls) {
        while (!closed && activeCalls < limit.limit()) {
            long wait = nanosUntilService(now);
            if (wait > 0) {
                if (!inFlight.isEmpty()) {
                    wakeUpIn(wait, now);
                }
                return;
            }
            Lookup<K, V> retry = retries.peek();
            long untilRetry = retry == null ? NEVER : Math.max(0, retry.due - now);
            if (untilRetry == 0) {
                if (breaker.state() == CircuitBreaker.State.OPEN || budget.tryRetry(now)) {
                    statistics.repeatedCalls.increment();
                    calls.add(begin(takeRetries(now), now));
                    continue;
                }
                untilRetry = budget.nanosUntilRetry(now);
            }
            long untilFresh = nanosUntilFresh(now);
            if (untilFresh == 0) {
                budget.called();
                calls.add(begin(takeFresh(), now));
                continue;
            }
            wakeUpIn(Math.min(untilRetry, untilFresh), now);
            return;
        }
    }

    private long nanosUntilService(long now) {
        if (paused) {
            if (pausedUntil - now > 0) {
                return pausedUntil - now;
            }
            paused = false;
        }
        return breaker.nanosUntilCall(now);
    }

    private long nanosUntilFresh(long now) {
        if (fresh.isEmpty()) {
            return NEVER;
        }
        // A trial needs no full batch.
        boolean trial = breaker.state() == CircuitBreaker.State.OPEN;
        if (flushed > 0 || trial || fresh.size() >= client.batchSize) {
            return 0;
        }
        return Math.max(0, fresh.peek().due - now);
    }

    private List<Lookup<K, V>> takeFresh() {
        List<Lookup<K, V>> batch = new ArrayList<>(Math.min(client.batchSize, fresh.size()));
        while (batch.size() < client.batchSize && !fresh.isEmpty()) {
            batch.add(fresh.poll());
        }
        flushed = Math.max(0, flushed - batch.size());
        return batch;
    }

    private List<Lookup<K, V>> takeRetries(long now) {
        List<Lookup<K, V>> batch = new ArrayList<>();
        int size = client.batchSize;
        while (batch.size() < size && !retries.isEmpty() && retries.peek().due - now <= 0) {
            int maxBatch = retries.peek().maxBatch;
            if (batch.size() >= maxBatch) {
                break;
            }
            size = Math.min(size, maxBatch);
            batch.add(retries.poll());
        }
        return batch;
    }

    private Call<K, V> begin(List<Lookup<K, V>> lookups, long now) {
        activeCalls++;
        statistics.calls.increment();
        statistics.keys.add(lookups.size());
        for (Lookup<K, V> lookup : lookups) {
            lookup.calls++;
        }
        boolean trial = breaker.begin();
        if (trial) {
            logBreaker(CircuitBreaker.State.OPEN, null);
        }
        return new Call<>(lookups, trial, now);
    }

    private void wakeUpIn(long delay, long now) {
        if (delay == NEVER) {
            return;
        }
        long time = now + delay;
        if (wakeUp != null) {
            if (wakeUpTime - time <= 0) {
                return;
            }
            wakeUp.cancel();
        }
        wakeUpTime = time;
        wakeUp = timers.schedule(delay, () -> wakeUp(time));
    }

    private void wakeUp(long time) {
        List<Call<K, V>> calls = new ArrayList<>(1);
        lock.lock();
        try {
            if (wakeUp != null && wakeUpTime == time) {
                wakeUp = null;
            }
            pump(timers.nanos(), calls);
        } finally {
            lock.unlock();
        }
        send(calls);
    }

    /** Makes calls. Without the lock: an implementation may do something that takes time. */
    @SuppressWarnings("FutureReturnValueIgnored") // What the handler returns is of no use.
    private void send(List<Call<K, V>> calls) {
        for (Call<K, V> call : calls) {
            CompletableFuture<List<Answer<V>>> future;
            try {
                future = connection.call(call.keys, client.timeout);
            } catch (RuntimeException | Error e) {
                future = CompletableFuture.failedFuture(e);
            }
            if (future == null) {
                future =
                        CompletableFuture.failedFuture(
                                new NullPointerException("The protocol returned no future"));
            }
            lock.lock();
            try {
                call.future = future;
                call.timeout =
                        timers.schedule(client.timeout.toNanos(), () -> complete(call, timedOut()));
            } finally {
                lock.unlock();
            }
            if (future.isDone()) {
                // In another thread, so that calls that complete at once do not pile up here.
                CompletableFuture<List<Answer<V>>> completed = future;
                timers.schedule(0, () -> completed.whenComplete(handler(call)));
            } else {
                future.whenComplete(handler(call));
            }
        }
    }

    private BiConsumer<List<Answer<V>>, Throwable> handler(Call<K, V> call) {
        return (answers, error) ->
                complete(call, error == null ? check(call, answers) : new Result<>(error));
    }

    // ------------------------------------------------------------------ answers

    /** How a call ended: with an answer for each key, or with a failure. */
    private static final class Result<V> {

        @Nullable final List<Answer<V>> answers;
        @Nullable final ServiceException failure;
        boolean timedOut;

        Result(List<Answer<V>> answers) {
            this.answers = answers;
            this.failure = null;
        }

        Result(Throwable error) {
            this.answers = null;
            this.failure = serviceException(error);
        }

        /** The failure of a key. */
        @Nullable
        ServiceException failure(int index) {
            return answers == null ? failure : answers.get(index).failure();
        }

        /** Whether the service does not work: it answers neither this nor, probably, others. */
        boolean isOutage() {
            if (answers == null) {
                return failure.kind() == Kind.REJECTED || failure.kind() == Kind.TRANSIENT;
            }
            for (Answer<V> answer : answers) {
                if (answer.failure() == null || answer.failure().kind() == Kind.PERMANENT) {
                    return false;
                }
            }
            return true;
        }

        boolean isOverload() {
            return failure != null
                    && (timedOut
                            || failure.kind() == Kind.THROTTLED
                            || failure.kind() == Kind.REJECTED);
        }
    }

    private Result<V> timedOut() {
        Result<V> result =
                new Result<>(
                        ServiceException.of(
                                Kind.TRANSIENT,
                                "Service "
                                        + client.name
                                        + " has not answered within "
                                        + client.timeout));
        result.timedOut = true;
        return result;
    }

    private Result<V> check(Call<K, V> call, @Nullable List<Answer<V>> answers) {
        int size = answers == null ? 0 : answers.size();
        // Some lists do not bear being asked whether they contain null.
        if (size != call.keys.size() || answers.stream().anyMatch(Objects::isNull)) {
            return new Result<>(
                    ServiceException.of(
                            Kind.PERMANENT,
                            String.format(
                                    "The protocol of service %s returned %d answers for %d keys, or"
                                            + " one that is null",
                                    client.name, size, call.keys.size())));
        }
        return new Result<>(answers);
    }

    private static ServiceException serviceException(Throwable error) {
        Throwable cause = error;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof ServiceException) {
            return (ServiceException) cause;
        }
        Kind kind =
                cause instanceof IOException || cause instanceof CancellationException
                        ? Kind.TRANSIENT
                        : Kind.PERMANENT;
        return ServiceException.of(kind, cause.toString(), cause);
    }

    private void complete(Call<K, V> call, Result<V> result) {
        List<Call<K, V>> calls = new ArrayList<>(1);
        List<Waiter<V>> waiters = new ArrayList<>(call.lookups.size());
        List<Outcome<V>> outcomes = new ArrayList<>(call.lookups.size());
        lock.lock();
        try {
            if (call.done || closed) {
                if (result.answers != null) {
                    statistics.lateAnswers.increment();
                }
                return;
            }
            call.done = true;
            call.timeout.cancel();
            long now = timers.nanos();
            judge(call, result, now);
            activeCalls--;
            boolean down = breaker.state() != CircuitBreaker.State.CLOSED;
            for (int i = 0; i < call.lookups.size(); i++) {
                Lookup<K, V> lookup = call.lookups.get(i);
                Outcome<V> outcome = outcome(call, lookup, result, i, down, now);
                if (outcome != null) {
                    cache.put(lookup.key, outcome);
                    inFlight.remove(lookup.key);
                    for (Waiter<V> waiter : lookup.waiters) {
                        waiters.add(waiter);
                        outcomes.add(outcome);
                    }
                }
            }
            pump(now, calls);
        } finally {
            lock.unlock();
        }
        if (result.timedOut) {
            call.future.cancel(true);
        }
        send(calls);
        for (int i = 0; i < waiters.size(); i++) {
            waiters.get(i).complete(outcomes.get(i));
        }
    }

    /** Lets breaker, limit and pause know how a call ended. */
    private void judge(Call<K, V> call, Result<V> result, long now) {
        CircuitBreaker.State before = breaker.state();
        if (result.isOutage()) {
            breaker.failed(call.trial, now);
        } else {
            breaker.succeeded(call.trial);
        }
        if (result.isOverload()) {
            limit.overloaded(call.start, now);
        } else if (result.failure == null) {
            limit.succeeded(activeCalls);
        }
        ServiceException failure = result.failure;
        if (failure != null) {
            statistics.failedCalls.increment();
            if (result.timedOut) {
                statistics.timedOutCalls.increment();
            }
            if (failure.kind() == Kind.THROTTLED) {
                statistics.throttledCalls.increment();
            }
            if (failure.retryAfter() != null) {
                long until = now + failure.retryAfter().toNanos();
                if (!paused || until - pausedUntil > 0) {
                    paused = true;
                    pausedUntil = until;
                }
            }
        }
        if (breaker.state() != before) {
            if (breaker.state() == CircuitBreaker.State.OPEN) {
                statistics.breakerOpened.increment();
                if (before == CircuitBreaker.State.CLOSED) {
                    // The failures that led to this were the service's, not the keys'.
                    for (Lookup<K, V> lookup : inFlight.values()) {
                        lookup.attempts = 0;
                    }
                }
            }
            logBreaker(before, failure);
        }
    }

    /** What a call means for one of its lookups; null if it was put into {@code retries}. */
    @Nullable
    private Outcome<V> outcome(
            Call<K, V> call,
            Lookup<K, V> lookup,
            Result<V> result,
            int index,
            boolean down,
            long now) {
        ServiceException failure = result.failure(index);
        if (failure == null) {
            return Outcome.of(result.answers.get(index));
        }
        boolean ofCall = result.answers == null;
        int size = call.lookups.size();
        if (failure.kind() == Kind.PERMANENT) {
            if (ofCall && size > 1) {
                // One of the keys may be to blame: look for it.
                lookup.maxBatch = (size + 1) / 2;
                lookup.due = now;
                retries.add(lookup);
                return null;
            }
            return givenUp(lookup, failure);
        }
        boolean refused = failure.kind() == Kind.REJECTED || failure.kind() == Kind.THROTTLED;
        if (!down && !(ofCall && refused)) {
            lookup.attempts++;
        }
        if (lookup.attempts >= client.maxAttempts || !(refused || idempotent)) {
            return givenUp(lookup, failure);
        }
        long delay = backoff(lookup.calls);
        if (failure.retryAfter() != null) {
            delay = Math.max(delay, failure.retryAfter().toNanos());
        }
        lookup.due = now + delay;
        retries.add(lookup);
        return null;
    }

    private Outcome<V> givenUp(Lookup<K, V> lookup, ServiceException failure) {
        statistics.givenUpKeys.increment();
        return Outcome.givenUp(failure, lookup.calls);
    }

    private long backoff(int calls) {
        long max = client.maxBackoff.toNanos();
        int shift = Math.min(MAX_BACKOFF_SHIFT, calls - 1);
        long min = client.minBackoff.toNanos();
        long delay = min > (max >> shift) ? max : min << shift;
        return (long) (delay * (0.5 + random.nextDouble() / 2));
    }

    private void logBreaker(CircuitBreaker.State before, @Nullable ServiceException failure) {
        CircuitBreaker.State state = breaker.state();
        String next =
                state == CircuitBreaker.State.OPEN
                        ? String.format(
                                ", next try in %.1f s",
                                breaker.nanosUntilCall(timers.nanos()) / 1e9)
                        : "";
        String text =
                String.format(
                        "Service %s: breaker %s -> %s%s; calls %d, failed %d, timed out %d,"
                                + " repeated %d; keys waiting %d, calls in progress %d of at most"
                                + " %d%s",
                        client.name,
                        before,
                        state,
                        next,
                        statistics.calls.sum(),
                        statistics.failedCalls.sum(),
                        statistics.timedOutCalls.sum(),
                        statistics.repeatedCalls.sum(),
                        inFlight.size(),
                        activeCalls,
                        limit.limit(),
                        failure == null ? "" : "; last error: " + failure.getMessage());
        if (state == CircuitBreaker.State.OPEN) {
            LOG.warn(text);
        } else {
            LOG.info(text);
        }
    }

    // ------------------------------------------------------------------ state

    /** Adds the metrics of the service to a group. */
    public void registerMetrics(MetricGroup parent) {
        MetricGroup group = parent.addGroup("service", client.name);
        group.gauge("numCalls", statistics.calls::sum);
        group.gauge("numKeys", statistics.keys::sum);
        group.gauge("numFailedCalls", statistics.failedCalls::sum);
        group.gauge("numTimedOutCalls", statistics.timedOutCalls::sum);
        group.gauge("numThrottledCalls", statistics.throttledCalls::sum);
        group.gauge("numRepeatedCalls", statistics.repeatedCalls::sum);
        group.gauge("numLateAnswers", statistics.lateAnswers::sum);
        group.gauge("numCoalescedKeys", statistics.coalescedKeys::sum);
        group.gauge("numGivenUpKeys", statistics.givenUpKeys::sum);
        group.gauge("numBreakerOpened", statistics.breakerOpened::sum);
        group.gauge("breakerState", () -> breakerState().code());
        group.gauge("activeCalls", this::activeCalls);
        group.gauge("concurrencyLimit", this::concurrencyLimit);
        group.gauge("numKeysInFlight", this::keysInFlight);
        group.gauge("numCachedKeys", this::cachedKeys);
    }

    ServiceStatistics statistics() {
        return statistics;
    }

    CircuitBreaker.State breakerState() {
        lock.lock();
        try {
            return breaker.state();
        } finally {
            lock.unlock();
        }
    }

    int activeCalls() {
        lock.lock();
        try {
            return activeCalls;
        } finally {
            lock.unlock();
        }
    }

    int concurrencyLimit() {
        lock.lock();
        try {
            return limit.limit();
        } finally {
            lock.unlock();
        }
    }

    /** The keys that have no outcome yet. */
    int keysInFlight() {
        lock.lock();
        try {
            return inFlight.size();
        } finally {
            lock.unlock();
        }
    }

    long cachedKeys() {
        return cache.size();
    }

    /** Ends all calls. Waiters are not called any more. */
    void close() throws IOException {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        timers.close();
        connection.close();
    }
}
