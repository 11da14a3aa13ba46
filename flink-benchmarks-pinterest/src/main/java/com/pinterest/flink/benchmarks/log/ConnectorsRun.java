// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.log;

import com.pinterest.flink.benchmarks.Measurement;
import com.pinterest.flink.benchmarks.Measurement.Better;
import com.pinterest.flink.benchmarks.ProcessCpu;
import com.pinterest.flink.connector.kafka.tiered.TieredKafkaSink;
import com.pinterest.flink.connector.kafka.tiered.archive.Codec;
import com.pinterest.flink.connector.kafka.tiered.config.Connectors;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.atomic.LongAdder;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * Runs one side of one case of the connectors and prints its figure.
 *
 * <p>Arguments: case; {@code yardstick} or {@code tiered}; the number of records in the topic.
 */
public final class ConnectorsRun {

    /** How fast the records of {@link LogData} came: one a millisecond. */
    private static final double LIVE_RATE = 1_000;

    private static final long WARM_UP_NANOS = 3_000_000_000L;
    private static final long MEASURED_NANOS = 6_000_000_000L;

    /** Records that have passed, in all jobs of this process. */
    private static final LongAdder PASSED = new LongAdder();

    private final String name;
    private final boolean tiered;
    private final long records;

    private ConnectorsRun(String name, boolean tiered, long records) {
        this.name = name;
        this.tiered = tiered;
        this.records = records;
    }

    /** Runs; see the class comment. */
    public static void main(String[] arguments) throws Exception {
        new ConnectorsRun(arguments[0], arguments[1].equals("tiered"), Long.parseLong(arguments[2]))
                .run();
    }

    private void run() throws Exception {
        if (name.equals("sql.tail")) {
            tail();
        } else if (name.equals("sink.kafka")) {
            sink();
        } else if (name.startsWith("rate-limit.")) {
            rateLimit(Double.parseDouble(name.substring("rate-limit.".length())));
        } else if (name.startsWith("replay-rate.")) {
            replayRate(Double.parseDouble(name.substring("replay-rate.".length())));
        } else if (name.equals("backfill")) {
            backfill();
        } else {
            throw new IllegalArgumentException("There is no case " + name);
        }
    }

    private interface Part {
        void run(double start, double stop) throws Exception;
    }

    /** A third warms up; of two thirds, the CPU time of this process is measured. */
    private void measureCpu(Part part) throws Exception {
        part.run(0, 1 / 3.0);
        long before = ProcessCpu.nanoseconds();
        part.run(1 / 3.0, 1);
        double nanos = ProcessCpu.nanoseconds() - before;
        new Measurement(name, "ns/record", Better.LOWER, nanos / (records * 2 / 3.0)).print();
    }

    /** All columns of JSON records into nothing, with nothing archived. */
    private void tail() throws Exception {
        measureCpu(
                (start, stop) -> {
                    TableEnvironment environment =
                            TableEnvironment.create(EnvironmentSettings.inStreamingMode());
                    environment.getConfig().set("table.exec.resource.default-parallelism", "1");
                    environment.getConfig().set("pipeline.object-reuse", "true");
                    Map<String, String> options = new HashMap<>();
                    options.put("connector", tiered ? "tiered-kafka" : "kafka");
                    options.put("topic", LogData.TOPIC);
                    options.put("properties.bootstrap.servers", LogData.brokers());
                    options.put("format", "json");
                    options.put("scan.startup.mode", "specific-offsets");
                    options.put("scan.startup.specific-offsets", offsets(start));
                    options.put("scan.bounded.mode", "specific-offsets");
                    options.put("scan.bounded.specific-offsets", offsets(stop));
                    if (tiered) {
                        options.put("archive.path", LogData.archive("empty").toString());
                    }
                    StringJoiner with = new StringJoiner(", ");
                    options.forEach(
                            (option, value) -> with.add("'" + option + "' = '" + value + "'"));
                    String columns =
                            "ride BIGINT, driver STRING, lat DOUBLE, lon DOUBLE, speed INT,"
                                    + " state STRING, `time` BIGINT, city STRING, fare INT";
                    environment.executeSql(
                            "CREATE TABLE rides (" + columns + ") WITH (" + with + ")");
                    environment.executeSql(
                            "CREATE TABLE nothing ("
                                    + columns
                                    + ") WITH ('connector' = 'blackhole')");
                    environment.executeSql("INSERT INTO nothing SELECT * FROM rides").await();
                });
    }

    private String offsets(double share) {
        StringJoiner offsets = new StringJoiner(";");
        for (int i = 0; i < LogData.PARTITIONS; i++) {
            offsets.add(
                    String.format(
                            "partition:%d,offset:%d",
                            i, (long) (share * records / LogData.PARTITIONS)));
        }
        return offsets.toString();
    }

    /** Values of 150 bytes, exactly once, with pooled transactional ids. */
    private void sink() throws Exception {
        String topic = "written-" + System.nanoTime();
        try (Admin admin = Admin.create(LogData.client())) {
            admin.createTopics(Set.of(new NewTopic(topic, LogData.PARTITIONS, (short) 1)))
                    .all()
                    .get();
            measureCpu(
                    (start, stop) -> {
                        StreamExecutionEnvironment environment =
                                StreamExecutionEnvironment.createLocalEnvironment(1);
                        environment.getConfig().enableObjectReuse();
                        environment.enableCheckpointing(1_000);
                        environment
                                .fromSequence((long) (start * records), (long) (stop * records) - 1)
                                .sinkTo(sink(topic));
                        environment.execute();
                    });
            admin.deleteTopics(List.of(topic)).all().get();
        }
    }

    private Sink<Long> sink(String topic) {
        KafkaRecordSerializationSchema<Long> serializer =
                KafkaRecordSerializationSchema.<Long>builder()
                        .setTopic(topic)
                        .setValueSerializationSchema(new Padded())
                        .build();
        if (tiered) {
            return TieredKafkaSink.<Long>builder()
                    .setBootstrapServers(LogData.brokers())
                    .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                    .setTransactionalIdPrefix(topic)
                    .setRecordSerializer(serializer)
                    // Below transaction.max.timeout.ms of the broker.
                    .setProperty("transaction.timeout.ms", "600000")
                    .build();
        }
        return KafkaSink.<Long>builder()
                .setBootstrapServers(LogData.brokers())
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionNamingStrategy(TransactionNamingStrategy.POOLING)
                .setTransactionalIdPrefix(topic)
                .setRecordSerializer(serializer)
                .setProperty("transaction.timeout.ms", "600000")
                .build();
    }

    private static final class Padded implements SerializationSchema<Long> {

        private static final long serialVersionUID = 1L;

        @Override
        public byte[] serialize(Long number) {
            return String.format("%0150d", number).getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Four partitions and six subtasks, so that two are idle; the yardstick is the limit. */
    private void rateLimit(double limit) throws Exception {
        double rate =
                tiered
                        ? rate(
                                6,
                                List.of("rides"),
                                Map.of(
                                        "scan.rate-limit.records-per-second",
                                        Double.toString(limit)))
                        : limit;
        new Measurement(name, "records/s", Better.HIGHER, rate).print();
    }

    /** Two sources over four partitions; the yardstick is the multiple that was asked for. */
    private void replayRate(double multiple) throws Exception {
        double rate =
                tiered
                        ? rate(
                                        2,
                                        List.of("rides", "again"),
                                        Map.of("scan.replay-rate", Double.toString(multiple)))
                                / (2 * LIVE_RATE)
                        : multiple;
        new Measurement(name, "times", Better.HIGHER, rate).print();
    }

    /**
     * The same job: at the rate at which the records came, and from the archive without a limit.
     */
    private void backfill() throws Exception {
        double rate =
                tiered
                        ? rateOfAll()
                        : rate(
                                1,
                                List.of("rides"),
                                Map.of(
                                        "scan.rate-limit.records-per-second",
                                        Double.toString(LIVE_RATE)));
        new Measurement(name, "records/s", Better.HIGHER, rate).print();
    }

    private double rateOfAll() throws Exception {
        Map<String, String> options =
                Map.of(
                        "scan.tier",
                        "archive",
                        "archive.path",
                        LogData.archive(LogData.archiveName(Codec.ZSTD)).toString(),
                        "scan.bounded.mode",
                        "latest-offset");
        // The first run warms up.
        environment(1, List.of("rides"), options).execute();
        long before = PASSED.sum();
        long start = System.nanoTime();
        environment(1, List.of("rides"), options).execute();
        return (PASSED.sum() - before) / ((System.nanoTime() - start) / 1e9);
    }

    /** Returns how many records pass a second, once the job has run for a while. */
    private double rate(int parallelism, List<String> sources, Map<String, String> options)
            throws Exception {
        JobClient job = environment(parallelism, sources, options).executeAsync();
        while (PASSED.sum() == 0) {
            Thread.sleep(10);
        }
        sleep(WARM_UP_NANOS);
        long before = PASSED.sum();
        long start = System.nanoTime();
        sleep(MEASURED_NANOS);
        double rate = (PASSED.sum() - before) / ((System.nanoTime() - start) / 1e9);
        job.cancel().get();
        return rate;
    }

    private static void sleep(long nanos) throws InterruptedException {
        Thread.sleep(nanos / 1_000_000);
    }

    /** A job of named sources that counts their records. */
    private static StreamExecutionEnvironment environment(
            int parallelism, List<String> sources, Map<String, String> options) {
        Configuration configuration = new Configuration();
        for (String source : sources) {
            Map<String, String> all = new HashMap<>(options);
            all.put("topic", LogData.TOPIC);
            all.put("properties.bootstrap.servers", LogData.brokers());
            all.put("scan.startup.mode", "earliest-offset");
            all.forEach(
                    (option, value) ->
                            configuration.setString(
                                    "connectors.sources." + source + "." + option, value));
        }
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        environment.setParallelism(parallelism);
        environment.getConfig().enableObjectReuse();
        for (String source : sources) {
            DataStream<String> values =
                    Connectors.from(environment).source(source, new SimpleStringSchema()).add();
            values.map(
                            value -> {
                                PASSED.increment();
                                return value;
                            })
                    .returns(Types.STRING)
                    .sinkTo(new DiscardingSink<>());
        }
        return environment;
    }
}
