// SPDX-License-Identifier: Apache-2.0
package com.example.flights;

import com.pinterest.flink.deduplication.Deduplication;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.connector.file.src.reader.TextLineInputFormat;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.GlobalWindows;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Counts flights that are delivered more than once: all that come, those that are unique, and their
 * duplicates.
 */
public final class UniqueFlights {

    static final String UNIQUE = "unique";
    static final String DUPLICATES = "duplicates";
    static final String LATE = "late";

    private static final Duration WINDOW = Duration.ofHours(24);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
    private static final TypeInformation<Tuple2<String, Long>> COUNT =
            Types.TUPLE(Types.STRING, Types.LONG);

    private UniqueFlights() {}

    /** Runs the job and prints its result: {@code UniqueFlights FLIGHTS}. */
    public static void main(String[] args) throws Exception {
        if (args.length != 1) {
            System.err.println("Usage: UniqueFlights FLIGHTS");
            System.err.println("  FLIGHTS  flights as CSV, plain or .gz");
            System.exit(2);
        }
        count(StreamExecutionEnvironment.getExecutionEnvironment(), args[0])
                .forEach((what, flights) -> System.out.printf("%-10s %,9d%n", what, flights));
    }

    /** Returns the number of unique flights, of duplicates and of late ones, if there are some. */
    @SuppressWarnings("try") // Flink's iterator declares that closing may be interrupted.
    static Map<String, Long> count(StreamExecutionEnvironment environment, String flights)
            throws Exception {
        DataStream<String> delivered =
                environment
                        .fromSource(
                                FileSource.forRecordStreamFormat(
                                                new TextLineInputFormat(), new Path(flights))
                                        .build(),
                                WatermarkStrategy.<String>forMonotonousTimestamps()
                                        .withTimestampAssigner((line, previous) -> departure(line)),
                                "flights")
                        .uid("flights")
                        .flatMap(new DeliveredAgain())
                        .uid("delivered-again");

        OutputTag<String> duplicateTag = new OutputTag<>(DUPLICATES, Types.STRING);
        SingleOutputStreamOperator<String> unique =
                Deduplication.by((String line) -> line, Types.STRING)
                        .within(WINDOW)
                        .withDuplicatesTo(duplicateTag)
                        .applyTo(delivered)
                        .uid("unique-flights");

        DataStream<Tuple2<String, Long>> counts =
                named(unique, UNIQUE)
                        .union(
                                named(unique.getSideOutput(duplicateTag), DUPLICATES),
                                named(
                                        unique.getSideOutput(Deduplication.lateTag(Types.STRING)),
                                        LATE))
                        .keyBy(count -> count.f0, Types.STRING)
                        .window(GlobalWindows.createWithEndOfStreamTrigger())
                        .sum(1)
                        .uid("counts");
        Map<String, Long> results = new TreeMap<>();
        try (CloseableIterator<Tuple2<String, Long>> all =
                counts.executeAndCollect("unique-flights")) {
            all.forEachRemaining(count -> results.put(count.f0, count.f1));
        }
        return results;
    }

    private static DataStream<Tuple2<String, Long>> named(DataStream<String> flights, String name) {
        return flights.map(flight -> Tuple2.of(name, 1L)).returns(COUNT).uid("each-of-" + name);
    }

    private static long departure(String line) {
        return LocalDateTime.parse(line.substring(0, line.indexOf(',')), TIME)
                .toInstant(ZoneOffset.UTC)
                .toEpochMilli();
    }

    /** Delivers every tenth flight twice, as a producer does that had no answer. */
    private static final class DeliveredAgain implements FlatMapFunction<String, String> {

        private static final long serialVersionUID = 1;
        private static final int EVERY = 10;

        private int flights;

        @Override
        public void flatMap(String flight, Collector<String> out) {
            out.collect(flight);
            if (++flights % EVERY == 0) {
                out.collect(flight);
            }
        }
    }
}
