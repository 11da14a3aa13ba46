// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.connector.service.DeadLetter;
import com.pinterest.flink.connector.service.ServiceClient;
import com.pinterest.flink.connector.service.ServiceSink;
import com.pinterest.flink.connector.service.testkit.FaultProxy;
import com.pinterest.flink.connector.service.testkit.FaultProxy.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs that write to an HTTP service which fails. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class HttpSinkTest {

    private static final int RECORDS = 1000;

    /** The running job has failed as it is meant to; its tasks are in this JVM. */
    private static final AtomicBoolean jobHasFailed = new AtomicBoolean();

    private static final AtomicInteger checkpoints = new AtomicInteger();
    private static final Queue<DeadLetter<Long>> letters = new ConcurrentLinkedQueue<>();

    /** Letters that were flushed, as a sink without state has to do before a checkpoint. */
    private static final AtomicInteger flushed = new AtomicInteger();

    private RecordServer server;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws Exception {
        server = new RecordServer();
        proxy = new FaultProxy(server.address());
        jobHasFailed.set(false);
        checkpoints.set(0);
        letters.clear();
        flushed.set(0);
    }

    @AfterEach
    void stop() throws Exception {
        proxy.close();
        server.close();
    }

    private String url(String path) {
        return "http://localhost:" + proxy.address().getPort() + path;
    }

    private static <V> ServiceClient<Long, V> client(HttpService<Long, V> service) {
        return ServiceClient.of("records", service.idempotent())
                .withBatches(10, Duration.ofMillis(2))
                .withTimeout(Duration.ofMillis(500))
                .withMaxAttempts(1000)
                .withRetryBudget(1)
                .withBackoff(Duration.ofMillis(5), Duration.ofMillis(50))
                .withBreaker(10, Duration.ofMillis(20), Duration.ofMillis(100));
    }

    private ServiceSink<Long> sink() {
        return ServiceSink.to(
                        client(HttpService.post(url("/records"), JsonFormat.records())), Types.LONG)
                // A full sink would not take a barrier until the service answers.
                .withCapacity(RECORDS);
    }

    private static Configuration restarts(int attempts) {
        Configuration configuration = new Configuration();
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, attempts);
        configuration.set(
                RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(10));
        return configuration;
    }

    /** Numbers from 0 on, a twentieth of them after each checkpoint. */
    private static DataStream<Long> numbers(Configuration configuration) {
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(50));
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
        return environment
                .fromSource(
                        new DataGeneratorSource<>(
                                index -> index,
                                RECORDS,
                                RateLimiterStrategy.perCheckpoint(RECORDS / 20),
                                Types.LONG),
                        WatermarkStrategy.noWatermarks(),
                        "numbers")
                .map(new CountingCheckpoints())
                .returns(Types.LONG);
    }

    private static void finish(JobClient job) throws Exception {
        job.getJobExecutionResult().get(4, TimeUnit.MINUTES);
    }

    private void requireAll() {
        assertThat(server.records())
                .containsExactlyInAnyOrderElementsOf(LongStream.range(0, RECORDS).boxed().toList());
    }

    private static void awaitCheckpoints(int count) throws InterruptedException {
        int before = checkpoints.get();
        while (checkpoints.get() < before + count) {
            Thread.sleep(1);
        }
    }

    @Test
    void errorsAndAnOutageCostNeitherARestartNorARecord() throws Exception {
        // given a service that fails for each 20th call, and a job that must not fail
        proxy.set(Fault.DROP_SOME);
        DataStream<Long> numbers = numbers(restarts(0));
        numbers.sinkTo(sink());
        JobClient job = numbers.getExecutionEnvironment().executeAsync();
        while (server.records().size() < RECORDS / 10) {
            Thread.sleep(1);
        }

        // when it is not reached for a while, and then does not answer
        proxy.set(Fault.REFUSE);
        proxy.closeConnections();
        awaitCheckpoints(3);
        proxy.set(Fault.HANG);
        // Checkpoints do not wait for the service: those on the way have been completed by now.
        awaitCheckpoints(5);
        assertThat(server.records().size()).isLessThan(RECORDS);
        proxy.set(Fault.DROP_SOME);
        finish(job);

        // then all records are there
        assertThat(proxy.faults()).isPositive();
        requireAll();
    }

    @Test
    void recordsInFlightAreWrittenAfterARestart() throws Exception {
        // given a checkpoint with records that the service has not answered
        proxy.set(Fault.HANG);
        DataStream<Long> numbers = numbers(restarts(1));
        numbers.map(new FailingOnce()).returns(Types.LONG).sinkTo(sink());
        JobClient job = numbers.getExecutionEnvironment().executeAsync();

        // when the job fails
        while (!jobHasFailed.get()) {
            Thread.sleep(1);
        }
        assertThat(server.records()).isEmpty();
        proxy.set(Fault.NONE);
        finish(job);

        // then they are written, although the source does not repeat them
        requireAll();
    }

    @Test
    void recordsThatAreNotTakenGoToTheOtherSink() throws Exception {
        DataStream<Long> numbers = numbers(restarts(0));
        numbers.map(number -> number % 100 == 0 ? -number - 1 : number)
                .returns(Types.LONG)
                .sinkTo(rejecting().withDeadLettersTo(new Letters()));
        numbers.getExecutionEnvironment().execute();
        assertThat(server.records()).hasSize(RECORDS - 10).allMatch(number -> number % 100 != 0);
        assertThat(letters)
                .hasSize(10)
                .allSatisfy(
                        letter -> {
                            assertThat(letter.getInput()).isNegative();
                            assertThat(letter.getAttempts()).isEqualTo(2);
                            assertThat(letter.getLastError()).isEqualTo("TRANSIENT: negative");
                        });
        assertThat(flushed).hasValue(10);
    }

    @Test
    void failsForARecordThatIsNotTaken() throws Exception {
        DataStream<Long> numbers = numbers(restarts(0));
        // If it took none, it would count as down, which is waited for.
        numbers.map(number -> number == 500 ? -number : number)
                .returns(Types.LONG)
                .sinkTo(rejecting());
        assertThatThrownBy(() -> numbers.getExecutionEnvironment().execute())
                .hasStackTraceContaining(
                        "Service records has not taken a record, after 2 calls. Call"
                                + " withDeadLettersTo()");
    }

    /** A sink to the service that answers for each record. */
    private ServiceSink<Long> rejecting() {
        return ServiceSink.to(
                client(
                                HttpService.post(
                                        url("/each"),
                                        JsonFormat.<Long, Object>array(Object.class)
                                                .withErrorField("error")))
                        .withMaxAttempts(2),
                Types.LONG);
    }

    @Test
    void rejectsWrongConfigurations() {
        HttpService<Long, Object> service =
                HttpService.post("http://localhost/records", JsonFormat.records());
        assertThatThrownBy(() -> ServiceSink.to(ServiceClient.of("records", service), Types.LONG))
                .hasMessageContaining("service records")
                .hasMessageContaining("idempotent()");
        assertThatThrownBy(
                        () ->
                                ServiceSink.to(
                                        client(service)
                                                .withCache(1, Duration.ofHours(1), Duration.ZERO),
                                        Types.LONG))
                .hasMessageContaining("leave out withCache()");
        assertThatThrownBy(() -> JsonFormat.<Long>records().withErrorField("error"))
                .hasMessageContaining("use array()");
    }

    /** Counts checkpoints that were completed, once for each subtask. */
    private static final class CountingCheckpoints
            implements MapFunction<Long, Long>, CheckpointListener {

        private static final long serialVersionUID = 1;

        @Override
        public Long map(Long number) {
            return number;
        }

        @Override
        public void notifyCheckpointComplete(long id) {
            checkpoints.incrementAndGet();
        }
    }

    /** Fails the job once, when a checkpoint has some records. */
    private static final class FailingOnce implements MapFunction<Long, Long> {

        private static final long serialVersionUID = 1;

        private int seen;

        @Override
        public Long map(Long number) {
            if (++seen > 150 && checkpoints.get() > 1 && jobHasFailed.compareAndSet(false, true)) {
                throw new IllegalStateException("The test lets the job fail");
            }
            return number;
        }
    }

    /** Keeps letters in this JVM. */
    private static final class Letters implements Sink<DeadLetter<Long>> {

        private static final long serialVersionUID = 1;

        @Override
        public SinkWriter<DeadLetter<Long>> createWriter(WriterInitContext context) {
            List<DeadLetter<Long>> waiting = new ArrayList<>();
            return new SinkWriter<>() {
                @Override
                public void write(DeadLetter<Long> letter, Context letterContext) {
                    waiting.add(letter);
                }

                @Override
                public void flush(boolean endOfInput) {
                    letters.addAll(waiting);
                    flushed.addAndGet(waiting.size());
                    waiting.clear();
                }

                @Override
                public void close() {}
            };
        }
    }
}
