// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import static org.apache.flink.util.Preconditions.checkArgument;
import static org.apache.flink.util.Preconditions.checkNotNull;

import java.io.Serializable;
import java.time.Duration;
import org.apache.flink.annotation.PublicEvolving;

/**
 * How a job calls a service. All subtasks of a job in a TaskManager share what this describes:
 * batches, cache, limits and the circuit breaker of a service, which the name identifies.
 *
 * <pre>{@code
 * ServiceClient<String, Carrier> carriers =
 *         ServiceClient.of("carriers", protocol)
 *                 .withBatches(50, Duration.ofMillis(5))
 *                 .withCache(100_000, Duration.ofMinutes(10), Duration.ofMinutes(1));
 * }</pre>
 *
 * <p>This is a builder: its methods change it and return it. Not thread-safe.
 *
 * @param <K> the type of the keys, which need {@code equals} and {@code hashCode} and must not be
 *     changed
 * @param <V> the type of the values. They are shared by records and must not be changed.
 */
@PublicEvolving
public final class ServiceClient<K, V> implements Serializable {

    private static final long serialVersionUID = 1;

    final String name;
    final ServiceProtocol<K, V> protocol;

    int batchSize = 50;
    Duration batchDelay = Duration.ofMillis(5);
    long cacheSize;
    Duration cacheTime = Duration.ZERO;
    Duration cacheTimeOfAbsent = Duration.ZERO;
    Duration timeout = Duration.ofSeconds(5);
    int maxConcurrency = 32;
    int maxAttempts = 5;
    Duration minBackoff = Duration.ofMillis(100);
    Duration maxBackoff = Duration.ofSeconds(5);
    double retryShare = 0.1;
    int breakerFailures = 5;
    Duration minBreak = Duration.ofSeconds(1);
    Duration maxBreak = Duration.ofSeconds(5);

    private ServiceClient(String name, ServiceProtocol<K, V> protocol) {
        checkArgument(!name.isEmpty(), "The name of a service must not be empty");
        this.name = name;
        this.protocol = checkNotNull(protocol, "protocol");
        this.batchSize = Math.min(batchSize, protocol.maxBatchSize());
        this.maxConcurrency = Math.min(maxConcurrency, protocol.maxConcurrency());
    }

    /**
     * Creates a client.
     *
     * @param name the name of the service in metrics and in the log. Within a job, clients with the
     *     same name are the same service and must have the same settings.
     */
    public static <K, V> ServiceClient<K, V> of(String name, ServiceProtocol<K, V> protocol) {
        return new ServiceClient<>(name, protocol);
    }

    /**
     * Sets how many keys a call has; by default at most 50, collected for at most 5 ms.
     *
     * @param size at least 1, at most what the protocol allows
     * @param delay how long a key may wait for others
     */
    public ServiceClient<K, V> withBatches(int size, Duration delay) {
        checkArgument(
                size >= 1 && size <= protocol.maxBatchSize(),
                "The batch size of service %s must be between 1 and %s, not %s",
                name,
                protocol.maxBatchSize(),
                size);
        checkArgument(
                !delay.isNegative(), "The batch delay of service %s must not be negative", name);
        batchSize = size;
        batchDelay = delay;
        return this;
    }

    /**
     * Keeps answers in the memory of the TaskManager. There is no cache by default.
     *
     * @param size the number of keys
     * @param time how long a value is used
     * @param timeOfAbsent how long it is believed that the service has no value for a key; zero to
     *     ask again each time
     */
    public ServiceClient<K, V> withCache(long size, Duration time, Duration timeOfAbsent) {
        checkArgument(size > 0, "The cache size of service %s must be positive", name);
        checkArgument(
                !time.isNegative() && !time.isZero() && !timeOfAbsent.isNegative(),
                "The cache times of service %s must be positive",
                name);
        cacheSize = size;
        cacheTime = time;
        cacheTimeOfAbsent = timeOfAbsent;
        return this;
    }

    /** Sets after which time a call has failed; 5 s by default. */
    public ServiceClient<K, V> withTimeout(Duration time) {
        checkArgument(time.toMillis() > 0, "The time-out of service %s must be positive", name);
        timeout = time;
        return this;
    }

    /**
     * Sets how many calls of a TaskManager may be in progress; 32 by default, or what the protocol
     * has at most. The number in use adapts between 1 and this: it grows while calls succeed, and
     * falls by 30 % when the service is overloaded.
     */
    public ServiceClient<K, V> withMaxConcurrency(int calls) {
        checkArgument(
                calls >= 1 && calls <= protocol.maxConcurrency(),
                "The concurrency of service %s must be between 1 and %s, not %s",
                name,
                protocol.maxConcurrency(),
                calls);
        maxConcurrency = calls;
        return this;
    }

    /**
     * Sets when a key is given up: after this number of attempts, 5 by default, that failed while
     * the service answered others. Attempts that find the service down or refusing do not count,
     * nor do those before the breaker opens.
     */
    public ServiceClient<K, V> withMaxAttempts(int attempts) {
        checkArgument(
                attempts >= 1,
                "The attempts of service %s must be at least 1, not %s",
                name,
                attempts);
        maxAttempts = attempts;
        return this;
    }

    /**
     * Sets the time before a repetition; 100 ms by default, doubled with each, up to 5 s. The time
     * is random, between half of it and all.
     */
    public ServiceClient<K, V> withBackoff(Duration min, Duration max) {
        checkArgument(
                min.toNanos() > 0 && min.compareTo(max) <= 0,
                "The backoff of service %s must be positive, and not larger than its maximum",
                name);
        minBackoff = min;
        maxBackoff = max;
        return this;
    }

    /**
     * Sets how many calls may be repetitions, as a share of the others; 0.1 by default. Besides,
     * ten a second may.
     */
    public ServiceClient<K, V> withRetryBudget(double share) {
        checkArgument(
                share >= 0 && share <= 1,
                "The retry budget of service %s must be between 0 and 1, not %s",
                name,
                share);
        retryShare = share;
        return this;
    }

    /**
     * Sets when the circuit breaker opens, so that the service is not called.
     *
     * @param failures how many calls in a row have to fail; 5 by default. It opens as well if half
     *     of the last 20 calls failed.
     * @param min after which time a call tries whether the service is back; 1 s by default. The
     *     time doubles with each that fails.
     * @param max the longest such time; 5 s by default
     */
    public ServiceClient<K, V> withBreaker(int failures, Duration min, Duration max) {
        checkArgument(
                failures >= 1 && min.toNanos() > 0 && min.compareTo(max) <= 0,
                "The breaker of service %s needs at least one failure, and a positive time that is"
                        + " not larger than its maximum",
                name);
        breakerFailures = failures;
        minBreak = min;
        maxBreak = max;
        return this;
    }

    /** A client with the same settings for another protocol. */
    <W> ServiceClient<W, V> withProtocol(ServiceProtocol<W, V> other) {
        ServiceClient<W, V> copy = new ServiceClient<>(name, other);
        copy.batchSize = batchSize;
        copy.batchDelay = batchDelay;
        copy.cacheSize = cacheSize;
        copy.cacheTime = cacheTime;
        copy.cacheTimeOfAbsent = cacheTimeOfAbsent;
        copy.timeout = timeout;
        copy.maxConcurrency = maxConcurrency;
        copy.maxAttempts = maxAttempts;
        copy.minBackoff = minBackoff;
        copy.maxBackoff = maxBackoff;
        copy.retryShare = retryShare;
        copy.breakerFailures = breakerFailures;
        copy.minBreak = minBreak;
        copy.maxBreak = maxBreak;
        return copy;
    }

    /** The name of the service. */
    public String name() {
        return name;
    }

    /** The settings that all clients of a service must share. */
    String settings() {
        return String.format(
                "protocol %s, batches of %d within %s, cache of %d for %s and %s, time-out %s,"
                        + " concurrency %d, attempts %d, backoff %s to %s, retry budget %s, breaker"
                        + " %d, %s to %s",
                protocol.settings(),
                batchSize,
                batchDelay,
                cacheSize,
                cacheTime,
                cacheTimeOfAbsent,
                timeout,
                maxConcurrency,
                maxAttempts,
                minBackoff,
                maxBackoff,
                retryShare,
                breakerFailures,
                minBreak,
                maxBreak);
    }
}
