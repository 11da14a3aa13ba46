// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import java.util.List;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;

/** A job that prints what the fixture classes are in the client and in a task. */
public final class ProbedJob implements FlatMapFunction<Long, String> {

    private static final long serialVersionUID = 1;

    /** Runs the job and fetches its result. */
    public static void main(String[] arguments) throws Exception {
        Origins.lines("client", ProbedJob.class.getClassLoader()).forEach(System.out::println);
        List<String> lines =
                StreamExecutionEnvironment.getExecutionEnvironment()
                        .fromSequence(1, 1)
                        .flatMap(new ProbedJob())
                        .executeAndCollect(100);
        lines.forEach(System.out::println);
    }

    @Override
    public void flatMap(Long value, Collector<String> out) {
        Origins.lines("task", ProbedJob.class.getClassLoader()).forEach(out::collect);
    }
}
