// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import com.pinterest.flink.connector.kafka.tiered.config.Connectors;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Counts flights and adds up their delays by origin, at the end of its input. Where the flights
 * come from and where the counts go is configuration: that of the source {@code flights} and of the
 * sink {@code counts}.
 */
public final class FlightCounts {

    private FlightCounts() {}

    /** Runs the job, without arguments. */
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        // Counts are known at the end only, also where the cluster takes checkpoints.
        environment.setRuntimeMode(RuntimeExecutionMode.BATCH);
        Connectors connectors = Connectors.from(environment);
        connectors
                .sink("counts", new SimpleStringSchema())
                .withDefault("topic", "counts")
                .withDefault("sink.parallelism", "1")
                .addTo(
                        connectors
                                .source("flights", new SimpleStringSchema())
                                .withDefault("topic", "flights")
                                .withDefault("scan.startup.mode", "earliest-offset")
                                .withDefault("scan.bounded.mode", "latest-offset")
                                .add()
                                .map(FlightCounts::count)
                                .returns(Types.TUPLE(Types.STRING, Types.LONG, Types.LONG))
                                .uid("count")
                                .keyBy(count -> count.f0)
                                .reduce(
                                        (one, other) ->
                                                Tuple3.of(
                                                        one.f0,
                                                        one.f1 + other.f1,
                                                        one.f2 + other.f2))
                                .uid("sum")
                                .map(sum -> sum.f0 + "," + sum.f1 + "," + sum.f2)
                                .returns(Types.STRING)
                                .uid("format"));
        environment.execute("flight-counts");
    }

    private static Tuple3<String, Long, Long> count(String line) {
        String[] fields = line.split(",", -1);
        return Tuple3.of(fields[3], 1L, Long.valueOf(fields[1]));
    }
}
