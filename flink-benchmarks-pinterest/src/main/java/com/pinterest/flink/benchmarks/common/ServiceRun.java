// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.common;

import com.pinterest.flink.benchmarks.Measurement;
import com.pinterest.flink.benchmarks.Measurement.Better;
import com.pinterest.flink.benchmarks.ProcessCpu;
import com.pinterest.flink.connector.service.ServiceCalls;
import com.pinterest.flink.connector.service.ServiceClient;
import com.pinterest.flink.connector.service.http.HttpService;
import com.pinterest.flink.connector.service.http.JsonFormat;
import com.pinterest.flink.connector.service.testkit.PostgresServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;

/**
 * Looks values up at services, and prints what that costs. The keys are a million numbers, of which
 * the n-th most frequent one occurs in proportion to 1/n.
 *
 * <p>Arguments: {@code cpu}, {@code throughput} or {@code sql}; {@code yardstick} or {@code ours};
 * {@code quick} or {@code full}. The yardstick of {@code cpu} is {@code
 * AsyncDataStream.unorderedWait}, that of {@code throughput} the target, and that of {@code sql}
 * Flink's connector for JDBC.
 */
public final class ServiceRun {

    /** The names of the cases of {@code cpu}. */
    public static final String CACHED = "service.cpu.cached";

    public static final String BATCHED = "service.cpu.batched";
    public static final String PLAIN = "service.cpu.plain";

    /** The name of the case of {@code throughput}. */
    public static final String THROUGHPUT = "service.throughput";

    /** The name of the case of {@code sql}. */
    public static final String SQL = "service.sql";

    private static final long KEYS = 1_000_000;
    private static final int BATCH = 50;
    private static final int CACHED_KEYS = 100_000;
    private static final long LATENCY_MILLIS = 5;
    private static final int SLOWER = 10;
    private static final double RECOVERY_TARGET_SECONDS = 10;

    /** Of the throughput before, after which the job counts as recovered. */
    private static final double RECOVERED = 0.9;

    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration HANGS = Duration.ofMinutes(5);

    /** The records that have passed. */
    private static final AtomicLong PASSED = new AtomicLong();

    private final boolean ours;
    private final boolean quick;

    private ServiceRun(boolean ours, boolean quick) {
        this.ours = ours;
        this.quick = quick;
    }

    /** Runs; see the class comment. */
    public static void main(String[] arguments) throws Exception {
        ServiceRun run = new ServiceRun(arguments[1].equals("ours"), arguments[2].equals("quick"));
        switch (arguments[0]) {
            case "cpu" -> run.cpu();
            case "throughput" -> run.throughput();
            case "sql" -> run.sql();
            default -> throw new IllegalArgumentException("There is no case " + arguments[0]);
        }
    }

    /** The n-th key, n from 0 on. */
    static long key(long number) {
        // The mix of SplitMix64.
        long bits = (number + 1) * 0x9E3779B97F4A7C15L;
        bits = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
        bits = (bits ^ (bits >>> 27)) * 0x94D049BB133111EBL;
        double uniform = ((bits ^ (bits >>> 31)) >>> 11) * 0x1.0p-53;
        return (long) Math.exp(uniform * Math.log(KEYS + 1));
    }

    private static StreamExecutionEnvironment environment() {
        Configuration configuration = new Configuration();
        // A call that is given up fails the run.
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "disable");
        return StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
    }

    private static DataStream<Long> keys(StreamExecutionEnvironment environment) {
        return environment
                .fromSequence(0, Long.MAX_VALUE - 1)
                .map(ServiceRun::key)
                .returns(Types.LONG);
    }

    private static JobClient start(DataStream<?> values) throws Exception {
        PASSED.set(0);
        values.map(new Counting<>()).returns(Types.BOOLEAN).sinkTo(new DiscardingSink<>());
        return values.getExecutionEnvironment().executeAsync();
    }

    // ------------------------------------------------------------------ CPU

    private void cpu() throws Exception {
        try (ServerProcess server = new ServerProcess(LATENCY_MILLIS)) {
            int factor = quick ? 1 : 3;
            if (!ours) {
                double nanos =
                        nanos(
                                AsyncDataStream.unorderedWait(
                                        keys(environment()),
                                        new Asking(server.url()),
                                        HANGS.toMillis(),
                                        TimeUnit.MILLISECONDS,
                                        100),
                                30_000,
                                60_000L * factor);
                for (String name : List.of(CACHED, BATCHED, PLAIN)) {
                    print(name, nanos);
                }
                return;
            }
            print(
                    CACHED,
                    nanos(
                            enriched(batches(server).withCache(CACHED_KEYS, DAY, DAY)),
                            1_500_000,
                            2_000_000L * factor));
            print(BATCHED, nanos(enriched(batches(server)), 300_000, 600_000L * factor));
            print(
                    PLAIN,
                    nanos(
                            enriched(
                                    ServiceClient.of(
                                                    "values",
                                                    HttpService.<Long, String>get(
                                                            server.url() + "/{key}",
                                                            JsonFormat.value(String.class)))
                                            .withMaxConcurrency(100)),
                            30_000,
                            60_000L * factor));
        }
    }

    private static void print(String name, double nanos) {
        new Measurement(name, "ns/record", Better.LOWER, nanos).print();
    }

    private static ServiceClient<Long, String> batches(ServerProcess server) {
        return ServiceClient.of(
                        "values",
                        HttpService.<Long, String>post(server.url(), JsonFormat.array(String.class))
                                .idempotent())
                .withBatches(BATCH, Duration.ofMillis(5));
    }

    private static DataStream<String> enriched(ServiceClient<Long, String> client) {
        return ServiceCalls.enrich(keys(environment()), client)
                .by(key -> key)
                .with((key, value) -> value, Types.STRING);
    }

    /** The CPU time of this process for a record, once some have warmed it up. */
    private static double nanos(DataStream<String> values, long warmUp, long records)
            throws Exception {
        JobClient job = start(values);
        await(job, warmUp);
        long passed = PASSED.get();
        long before = ProcessCpu.nanoseconds();
        await(job, passed + records);
        double nanos = (double) (ProcessCpu.nanoseconds() - before) / (PASSED.get() - passed);
        job.cancel().get();
        return nanos;
    }

    private static void await(JobClient job, long records) throws Exception {
        long start = System.nanoTime();
        while (PASSED.get() < records) {
            Thread.sleep(5);
            requireRunning(job);
            if (System.nanoTime() - start > HANGS.toNanos()) {
                throw new IllegalStateException("Only " + PASSED.get() + " records have passed");
            }
        }
    }

    private static void requireRunning(JobClient job) throws Exception {
        if (job.getJobStatus().get().isTerminalState()) {
            job.getJobExecutionResult().get();
        }
    }

    // ------------------------------------------------------------------ throughput

    /** How long it takes until the job is as fast as before, after the server was slow. */
    private void throughput() throws Exception {
        if (!ours) {
            new Measurement(THROUGHPUT, "s", Better.LOWER, RECOVERY_TARGET_SECONDS).print();
            return;
        }
        try (ServerProcess server = new ServerProcess(LATENCY_MILLIS)) {
            JobClient job = start(enriched(batches(server)));
            await(job, 300_000);
            double before = rate(Duration.ofSeconds(5));
            server.setLatency(SLOWER * LATENCY_MILLIS);
            double slow = rate(Duration.ofSeconds(quick ? 10 : 60));
            server.setLatency(LATENCY_MILLIS);
            long start = System.nanoTime();
            double after;
            do {
                after = rate(Duration.ofMillis(500));
                requireRunning(job);
                if (System.nanoTime() - start > HANGS.toNanos()) {
                    throw new IllegalStateException("The job does not recover");
                }
            } while (after < RECOVERED * before);
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    "%.0f records a second before, %.0f while slow, %.0f after%n",
                    before, slow, after);
            job.cancel().get();
            new Measurement(THROUGHPUT, "s", Better.LOWER, seconds).print();
        }
    }

    /** The records a second, over some time. */
    private static double rate(Duration time) throws InterruptedException {
        long before = PASSED.get();
        long start = System.nanoTime();
        Thread.sleep(time.toMillis());
        return (PASSED.get() - before) / ((System.nanoTime() - start) / 1e9);
    }

    // ------------------------------------------------------------------ SQL

    private void sql() throws Exception {
        if (!PostgresServer.isAvailable()) {
            throw new IllegalStateException(
                    "PostgreSQL is not installed (on Debian: apt-get install postgresql)");
        }
        try (PostgresServer database = new PostgresServer()) {
            String url = PostgresServer.url(database.address());
            try (Connection connection = DriverManager.getConnection(url);
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE dim (id BIGINT PRIMARY KEY, name TEXT)");
                statement.execute(
                        "INSERT INTO dim SELECT n, 'value ' || n FROM generate_series(1, "
                                + KEYS
                                + ") AS n");
                statement.execute("ANALYZE dim");
            }
            StreamExecutionEnvironment environment = environment();
            StreamTableEnvironment tables = StreamTableEnvironment.create(environment);
            // Of the batches that are to fill up; the yardstick does not use them.
            tables.getConfig().set("table.exec.async-lookup.buffer-capacity", "1000");
            tables.getConfig().set("table.exec.async-lookup.output-mode", "ALLOW_UNORDERED");
            tables.createTemporaryView(
                    "numbers",
                    keys(environment),
                    Schema.newBuilder()
                            .column("f0", "BIGINT")
                            .columnByExpression("t", "PROCTIME()")
                            .build());
            tables.executeSql(
                    "CREATE TABLE dim (id BIGINT, name STRING) WITH ("
                            + (ours
                                    ? "'connector' = 'service', 'protocol' = 'jdbc'"
                                    : "'connector' = 'jdbc'")
                            + ", 'table-name' = 'dim', 'url' = '"
                            + url
                            + "')");
            JobClient job =
                    start(
                            tables.toDataStream(
                                    tables.sqlQuery(
                                            "SELECT f0, name FROM numbers JOIN dim FOR SYSTEM_TIME"
                                                    + " AS OF numbers.t ON dim.id ="
                                                    + " numbers.f0")));
            await(job, ours ? 200_000 : 20_000);
            double rate = rate(Duration.ofSeconds(quick ? 5 : 20));
            requireRunning(job);
            job.cancel().get();
            new Measurement(SQL, "records/s", Better.HIGHER, rate).print();
        }
    }

    // ------------------------------------------------------------------ functions

    /** Counts the records that have passed. */
    private static final class Counting<T> implements MapFunction<T, Boolean> {

        private static final long serialVersionUID = 1L;

        @Override
        public Boolean map(T value) {
            PASSED.incrementAndGet();
            return value != null;
        }
    }

    /** A call for each record, as one writes it by hand. */
    private static final class Asking extends RichAsyncFunction<Long, String> {

        private static final long serialVersionUID = 1L;

        private final String url;
        private transient HttpClient client;
        private transient ObjectMapper mapper;

        Asking(String url) {
            this.url = url;
        }

        @Override
        public void open(OpenContext context) {
            client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            mapper = new ObjectMapper();
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // The handler passes on the result.
        public void asyncInvoke(Long key, ResultFuture<String> result) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/" + key)).build();
            client.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray())
                    .whenComplete(
                            (response, error) -> {
                                if (error != null) {
                                    result.completeExceptionally(error);
                                    return;
                                }
                                try {
                                    result.complete(
                                            List.of(
                                                    mapper.readValue(
                                                            response.body(), String.class)));
                                } catch (Exception e) {
                                    result.completeExceptionally(e);
                                }
                            });
        }
    }
}
