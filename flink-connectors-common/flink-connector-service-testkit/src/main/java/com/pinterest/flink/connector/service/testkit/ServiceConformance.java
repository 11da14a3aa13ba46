// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.pinterest.flink.connector.service.Answer;
import com.pinterest.flink.connector.service.Enrichment;
import com.pinterest.flink.connector.service.ServiceCalls;
import com.pinterest.flink.connector.service.ServiceClient;
import com.pinterest.flink.connector.service.ServiceConnection;
import com.pinterest.flink.connector.service.ServiceException;
import com.pinterest.flink.connector.service.ServiceException.Kind;
import com.pinterest.flink.connector.service.ServiceProtocol;
import com.pinterest.flink.connector.service.testkit.FaultProxy.Fault;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What each {@link ServiceProtocol} has to do. A client's tests extend this class and provide a
 * real service, which {@link FaultProxy} then comes between.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
// In another thread, since the iterator of a job's results ignores that it is interrupted.
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class ServiceConformance<K, V> {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int KEYS = 200;
    private static final int STREAM_KEYS = 10;
    private static final int RECORDS = 1000;

    /** Whether the running job has failed as it is meant to; its tasks are in this JVM. */
    private static final AtomicBoolean jobHasFailed = new AtomicBoolean();

    private static final AtomicInteger checkpoints = new AtomicInteger();
    private static final AtomicInteger counted = new AtomicInteger();

    private FaultProxy proxy;
    private ServiceProtocol<K, V> protocol;
    private ServiceConnection<K, V> connection;

    /** Where the service listens, which runs for all tests. */
    protected abstract InetSocketAddress service();

    /** The client, to a service at this address. It has to be idempotent. */
    protected abstract ServiceProtocol<K, V> protocol(InetSocketAddress address);

    /** The key with a number from 0 on. Different numbers have different keys. */
    protected abstract KeySelector<Long, K> keys();

    /** The value that the service has for a key with an even number; it has none for others. */
    protected abstract V value(long number);

    /**
     * Lets the service fail for some keys of a call and answer the others, until this is called
     * again.
     *
     * @return false if the protocol has no such failures
     */
    protected boolean failFor(Set<K> keys) {
        return false;
    }

    /**
     * Lets the service ask for fewer calls in answer to the next one.
     *
     * @return false if the protocol has no such answer
     */
    protected boolean throttleNextCall(Duration retryAfter) {
        return false;
    }

    @BeforeEach
    final void connect() throws Exception {
        proxy = new FaultProxy(service());
        protocol = protocol(proxy.address());
        connection = protocol.connect(getClass().getClassLoader());
    }

    @AfterEach
    final void close() throws Exception {
        failFor(Set.of());
        connection.close();
        proxy.close();
    }

    private K key(long number) throws Exception {
        return keys().getKey(number);
    }

    private Answer<V> answer(long number) {
        return number % 2 == 0 ? Answer.of(value(number)) : Answer.absent();
    }

    private int batch() {
        return Math.min(10, protocol.maxBatchSize());
    }

    private CompletableFuture<List<Answer<V>>> call(int from, int to) throws Exception {
        List<K> keys = new ArrayList<>();
        for (int number = from; number < to; number++) {
            keys.add(key(number));
        }
        return connection.call(List.copyOf(keys), TIMEOUT);
    }

    private void requireAnswers(int from, int to) throws Exception {
        List<Answer<V>> answers = call(from, to).get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        assertThat(answers).hasSize(to - from);
        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i).failure()).isNull();
            assertThat(answers.get(i).value()).isEqualTo(answer(from + i).value());
        }
    }

    // ------------------------------------------------------------------ one connection

    @Test
    final void answersEachKeyInTheOrderOfTheCall() throws Exception {
        requireAnswers(0, batch());
        requireAnswers(7, 8);
        requireAnswers(8, 9);
    }

    @Test
    final void answersCallsAtTheSameTime() throws Exception {
        List<CompletableFuture<List<Answer<V>>>> calls = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            calls.add(call(i, i + 1));
        }
        for (int i = 0; i < 50; i++) {
            V value = calls.get(i).get(TIMEOUT.toSeconds(), TimeUnit.SECONDS).get(0).value();
            assertThat(value).isEqualTo(answer(i).value());
        }
    }

    @Test
    final void waitsForASlowService() throws Exception {
        proxy.set(Fault.SLOW);
        requireAnswers(0, batch());
        assertThat(proxy.faults()).isPositive();
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"REFUSE", "DROP", "HALF_CLOSE", "GARBLE"})
    final void aCallThatFailsMayBeRepeated(Fault fault) throws Exception {
        // given a connection in use
        requireAnswers(0, 1);

        // when
        proxy.set(fault);
        CompletableFuture<List<Answer<V>>> call = call(0, batch());

        // then it fails at once, and says that it can be repeated
        assertThatThrownBy(() -> call.get(TIMEOUT.toSeconds() / 2, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        ServiceException.class,
                        e -> assertThat(e.kind()).isIn(Kind.REJECTED, Kind.TRANSIENT));

        // and the next one gets through
        proxy.set(Fault.NONE);
        requireAnswers(0, batch());
    }

    @Test
    final void aServiceThatWasNeverReachedIsRejected() throws Exception {
        proxy.set(Fault.REFUSE);
        assertThatThrownBy(() -> call(0, 1).get(TIMEOUT.toSeconds() / 2, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REJECTED));
    }

    @Test
    final void aCallThatHangsCanBeCancelled() throws Exception {
        proxy.set(Fault.HANG);
        CompletableFuture<List<Answer<V>>> call = call(0, 1);
        while (proxy.faults() == 0) {
            Thread.sleep(1);
        }
        call.cancel(true);
        proxy.set(Fault.NONE);
        requireAnswers(0, batch());
    }

    @Test
    final void failsForSingleKeys() throws Exception {
        assumeThat(batch() > 1 && failFor(Set.of(key(2)))).isTrue();
        List<Answer<V>> answers = call(0, 5).get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        for (int i = 0; i < 5; i++) {
            if (i == 2) {
                assertThat(answers.get(i).failure()).isNotNull();
            } else {
                assertThat(answers.get(i).value()).isEqualTo(answer(i).value());
            }
        }
    }

    @Test
    final void saysWhenTheServiceWantsToBeCalledAgain() throws Exception {
        Duration time = Duration.ofSeconds(7);
        assumeThat(throttleNextCall(time)).isTrue();
        assertThatThrownBy(() -> call(0, 1).get(TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(
                        ServiceException.class,
                        e -> {
                            assertThat(e.kind()).isIn(Kind.THROTTLED, Kind.REJECTED);
                            assertThat(e.retryAfter()).isEqualTo(time);
                        });
        requireAnswers(0, 1);
    }

    @Test
    final void endsItsCallsWhenItIsClosed() throws Exception {
        proxy.set(Fault.HANG);
        CompletableFuture<List<Answer<V>>> call = call(0, 1);
        while (proxy.faults() == 0) {
            Thread.sleep(1);
        }
        connection.close();
        connection.close();
        call.cancel(true);
        assertThat(call).isDone();
    }

    // ------------------------------------------------------------------ a job

    @ParameterizedTest
    @ValueSource(strings = {"unordered", "ordered", "by key"})
    final void aJobThatFailsInTheMiddleLosesNothing(String order) throws Exception {
        // given a service that meets each fault, and a job that fails after a checkpoint
        Configuration configuration = new Configuration();
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1);
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
        DataStream<String> results =
                results(configuration, order).map(new FailingOnce()).returns(Types.STRING);

        // when
        List<String> found;
        // Nothing leaves before a checkpoint has records in flight.
        proxy.set(Fault.HANG);
        try (Disturbance disturbance = new Disturbance(this::goThroughFaults)) {
            found = results.executeAndCollect(RECORDS + 1);
            disturbance.requireNoError();
        }

        // then each record has left once, with its value
        assertThat(jobHasFailed).isTrue();
        assertThat(proxy.faults()).isPositive();
        requireAll(found, order);
    }

    private void goThroughFaults(BooleanSupplier stopped) throws Exception {
        while (checkpoints.get() == 0 && !stopped.getAsBoolean()) {
            Thread.sleep(1);
        }
        // Each call that hangs takes until its time-out, so that those of the beginning have to do.
        Set<Fault> faults = EnumSet.complementOf(EnumSet.of(Fault.HANG));
        while (!stopped.getAsBoolean()) {
            for (Fault fault : faults) {
                proxy.set(fault);
                Thread.sleep(20);
                proxy.set(Fault.NONE);
                Thread.sleep(60);
            }
        }
    }

    @Test
    final void errorsAndAnOutageCostNeitherARestartNorARecord() throws Exception {
        // given a service that fails for each 20th call, and a job that must not fail
        Configuration configuration = new Configuration();
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "disable");
        DataStream<String> results =
                results(configuration, "by key").map(new Counting()).returns(Types.STRING);

        // when it is not reached for a while, and then does not answer
        List<String> found;
        proxy.set(Fault.DROP_SOME);
        try (Disturbance disturbance = new Disturbance(this::goThroughAnOutage)) {
            found = results.executeAndCollect(RECORDS + 1);
            disturbance.requireNoError();
        }

        // then each record has left once, with its value
        requireAll(found, "by key");
    }

    private void goThroughAnOutage(BooleanSupplier stopped) throws Exception {
        while (counted.get() < RECORDS / 4 && !stopped.getAsBoolean()) {
            Thread.sleep(1);
        }
        proxy.set(Fault.REFUSE);
        Thread.sleep(1000);
        proxy.set(Fault.HANG);
        Thread.sleep(2000);
        // The records that are left cannot have been answered meanwhile.
        assertThat(counted.get()).isLessThan(RECORDS);
        proxy.set(Fault.DROP_SOME);
    }

    /** A job that looks up a value for each record, which leaves as text. */
    private DataStream<String> results(Configuration configuration, String order) {
        jobHasFailed.set(false);
        checkpoints.set(0);
        counted.set(0);
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(50));
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
        // Goes on after each checkpoint only, so that there is one before the end of the input.
        DataStream<Long> numbers =
                environment
                        .fromSource(
                                new DataGeneratorSource<>(
                                        index -> index,
                                        RECORDS,
                                        RateLimiterStrategy.perCheckpoint(RECORDS / 5),
                                        Types.LONG),
                                WatermarkStrategy.noWatermarks(),
                                "numbers")
                        .keyBy(number -> number % STREAM_KEYS, Types.LONG);
        ServiceClient<K, V> client =
                ServiceClient.of("conformance", protocol)
                        .withBatches(batch(), Duration.ofMillis(2))
                        .withTimeout(Duration.ofMillis(500))
                        .withMaxAttempts(1000)
                        .withRetryBudget(1)
                        .withBackoff(Duration.ofMillis(5), Duration.ofMillis(50))
                        .withBreaker(10, Duration.ofMillis(20), Duration.ofMillis(100));
        KeySelector<Long, K> keys = keys();
        Enrichment<Long, K, V> enrichment =
                ServiceCalls.enrich(numbers, client)
                        .by(number -> keys.getKey(number % KEYS))
                        // A full operator would not take a barrier until the service answers.
                        .withCapacity(RECORDS);
        if (order.equals("ordered")) {
            enrichment.ordered();
        } else if (order.equals("by key")) {
            enrichment.orderedByKey();
        }
        return enrichment.with((number, value) -> number + "=" + value, Types.STRING);
    }

    private void requireAll(List<String> found, String order) {
        List<String> expected =
                LongStream.range(0, RECORDS)
                        .mapToObj(
                                number ->
                                        number
                                                + "="
                                                + Objects.toString(answer(number % KEYS).value()))
                        .collect(Collectors.toList());
        assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
        if (!order.equals("unordered")) {
            requireOrder(found);
        }
    }

    /** One source has each half of the numbers, and both have records of each key. */
    private static void requireOrder(List<String> found) {
        List<Long> numbers =
                found.stream()
                        .map(line -> Long.valueOf(line.substring(0, line.indexOf('='))))
                        .collect(Collectors.toList());
        for (int key = 0; key < STREAM_KEYS; key++) {
            for (int half = 0; half < 2; half++) {
                long from = (long) half * RECORDS / 2;
                long to = from + RECORDS / 2;
                int remainder = key;
                assertThat(
                                numbers.stream()
                                        .filter(number -> number % STREAM_KEYS == remainder)
                                        .filter(number -> number >= from && number < to))
                        .as("numbers of key %d from %d on", key, from)
                        .isSorted();
            }
        }
    }

    /** Does something while a job runs. */
    private static final class Disturbance implements AutoCloseable {

        private final AtomicBoolean stopped = new AtomicBoolean();
        private final Thread thread;
        private volatile Throwable error;

        /** An action that ends, at the latest, soon after it is told to stop. */
        interface Action {

            void run(BooleanSupplier stopped) throws Exception;
        }

        Disturbance(Action action) {
            thread =
                    new Thread(
                            () -> {
                                try {
                                    action.run(stopped::get);
                                } catch (Exception | AssertionError e) {
                                    error = e;
                                }
                            },
                            "disturbance");
            thread.start();
        }

        /** Ends the action, which must not have failed. */
        void requireNoError() {
            close();
            assertThat(error).isNull();
        }

        @Override
        public void close() {
            stopped.set(true);
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Counts the records that have left. */
    private static final class Counting implements MapFunction<String, String> {

        private static final long serialVersionUID = 1;

        @Override
        public String map(String result) {
            counted.incrementAndGet();
            return result;
        }
    }

    /** Fails the job once, after a checkpoint. */
    private static final class FailingOnce
            implements MapFunction<String, String>, CheckpointListener {

        private static final long serialVersionUID = 1;

        private int seen;

        @Override
        public String map(String result) {
            if (++seen > 50 && checkpoints.get() > 0 && jobHasFailed.compareAndSet(false, true)) {
                throw new IllegalStateException("The test lets the job fail");
            }
            return result;
        }

        @Override
        public void notifyCheckpointComplete(long id) {
            checkpoints.incrementAndGet();
        }
    }
}
