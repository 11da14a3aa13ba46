// SPDX-License-Identifier: Apache-2.0
package com.example.flights;

import com.pinterest.flink.connector.service.DeadLetter;
import com.pinterest.flink.connector.service.ServiceCalls;
import com.pinterest.flink.connector.service.ServiceClient;
import com.pinterest.flink.connector.service.http.HttpService;
import com.pinterest.flink.connector.service.http.JsonFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.connector.file.src.reader.TextLineInputFormat;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.OutputTag;

/**
 * Counts flights by the state of their origin, which an HTTP service knows. The service runs in
 * this process, so the job has to run on this machine.
 */
public final class FlightStates {

    private static final int ORIGIN = 3;
    private static final OutputTag<DeadLetter<String>> DEAD_LETTERS =
            ServiceCalls.deadLetterTag("flights-without-an-answer", Types.STRING);

    private FlightStates() {}

    /** Runs the job and prints its result: {@code FlightStates FLIGHTS AIRPORTS}. */
    public static void main(String[] args) throws Exception {
        if (args.length != 2) {
            System.err.println("Usage: FlightStates FLIGHTS AIRPORTS");
            System.err.println("  FLIGHTS   flights as CSV, plain or .gz");
            System.err.println("  AIRPORTS  airports as CSV, for the service");
            System.exit(2);
        }
        try (AirportServer server = new AirportServer(Path.of(args[1]))) {
            StreamExecutionEnvironment environment =
                    StreamExecutionEnvironment.getExecutionEnvironment();
            long total = 0;
            for (Map.Entry<String, Long> state : count(environment, args[0], server).entrySet()) {
                System.out.printf("%s %,9d%n", state.getKey(), state.getValue());
                total += state.getValue();
            }
            System.out.printf(
                    "%,d flights; %,d calls of the service for %,d airports%n",
                    total, server.calls(), server.keys());
        }
    }

    /** Returns the number of flights by state; {@code ??} for those without an answer. */
    @SuppressWarnings("try") // Flink's iterator declares that closing may be interrupted.
    static Map<String, Long> count(
            StreamExecutionEnvironment environment, String flights, AirportServer server)
            throws Exception {
        // The input ends, so that each state needs to be counted only once.
        environment.setRuntimeMode(RuntimeExecutionMode.BATCH);
        DataStream<String> lines =
                environment.fromSource(
                        FileSource.forRecordStreamFormat(
                                        new TextLineInputFormat(),
                                        new org.apache.flink.core.fs.Path(flights))
                                .build(),
                        WatermarkStrategy.noWatermarks(),
                        "flights");

        ServiceClient<String, Airport> airports =
                ServiceClient.of(
                                "airports",
                                HttpService.post(
                                                server.url(),
                                                JsonFormat.<String, Airport>array(Airport.class))
                                        .idempotent())
                        .withBatches(50, Duration.ofMillis(5))
                        .withCache(10_000, Duration.ofMinutes(10), Duration.ofMinutes(1));

        SingleOutputStreamOperator<String> states =
                ServiceCalls.enrich(lines, airports)
                        .by(line -> line.split(",", -1)[ORIGIN])
                        .withDeadLettersTo(DEAD_LETTERS)
                        .with(
                                (line, airport) -> airport == null ? "??" : airport.getState(),
                                Types.STRING)
                        .uid("airports");

        DataStream<String> all =
                states.union(
                        states.getSideOutput(DEAD_LETTERS)
                                .map(letter -> "??")
                                .returns(Types.STRING));
        Map<String, Long> counts = new TreeMap<>();
        try (CloseableIterator<Tuple2<String, Long>> results =
                all.map(state -> Tuple2.of(state, 1L))
                        .returns(Types.TUPLE(Types.STRING, Types.LONG))
                        .keyBy(state -> state.f0, Types.STRING)
                        .sum(1)
                        .executeAndCollect("flight-states")) {
            results.forEachRemaining(result -> counts.put(result.f0, result.f1));
        }
        return counts;
    }
}
