// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.placement;

import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Reads numbers, enriches them and writes them nowhere, until it is cancelled. Each of the two
 * readers sends to its own half of the eight enrichers, and each of these to one of two writers, so
 * that all bytes can stay in a zone if the tasks are placed well.
 */
public final class Readings {

    static final int ENDS = 2;
    static final int ENRICHERS = 8;

    private static final long MILLISECONDS_PER_READING = 20;

    private Readings() {}

    /** Runs the job. */
    public static void main(String[] arguments) throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        define(environment);
        environment.execute("readings");
    }

    static void define(StreamExecutionEnvironment environment) {
        environment
                .fromSequence(1, Long.MAX_VALUE)
                .name("read")
                .uid("read")
                .setParallelism(ENDS)
                .rescale()
                .map(new Enrich())
                .name("enrich")
                .uid("enrich")
                .setParallelism(ENRICHERS)
                .rescale()
                .sinkTo(new DiscardingSink<>())
                .name("write")
                .uid("write")
                .setParallelism(ENDS);
    }

    /** Takes some time for each number, as a request to a service does. */
    private static final class Enrich implements MapFunction<Long, Long> {

        private static final long serialVersionUID = 1L;

        @Override
        public Long map(Long reading) throws InterruptedException {
            Thread.sleep(MILLISECONDS_PER_READING);
            return reading;
        }
    }
}
