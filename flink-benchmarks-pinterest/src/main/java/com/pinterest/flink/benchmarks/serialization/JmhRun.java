// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.serialization;

import com.pinterest.flink.benchmarks.Measurement;
import com.pinterest.flink.benchmarks.Measurement.Better;
import com.pinterest.flink.benchmarks.serialization.Suite.Case;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.WarmupMode;

/**
 * A run of the cases of a suite in this process. All cases are warmed up before the first one is
 * measured. It prints a measurement for each: the median of its iterations, which ignores
 * interruptions by the machine. JMH forks no process: this one was started for this purpose, with
 * the jars of one tree.
 *
 * <p>Arguments: suite, "quick" or "full", and a regular expression for the names of the cases.
 */
public final class JmhRun {

    private JmhRun() {}

    /** Runs the suite; see the class comment. */
    public static void main(String[] arguments) throws RunnerException {
        Length length = arguments[1].equals("quick") ? Length.QUICK : Length.FULL;
        run(Suite.valueOf(arguments[0]), length, Pattern.compile(arguments[2]))
                .forEach(Measurement::print);
    }

    /** The number of iterations before and during the measurement of a case, and their length. */
    enum Length {
        /** For tests that check only that it works. */
        GLANCE(1, 1, 1),
        QUICK(8, 6, 50),
        FULL(15, 10, 200);

        private final int warmups;
        private final int iterations;
        private final int milliseconds;

        Length(int warmups, int iterations, int milliseconds) {
            this.warmups = warmups;
            this.iterations = iterations;
            this.milliseconds = milliseconds;
        }
    }

    /**
     * Runs the cases of a suite that match the pattern.
     *
     * @throws IllegalArgumentException if there are none
     */
    static List<Measurement> run(Suite suite, Length length, Pattern names) throws RunnerException {
        List<Case> wanted =
                suite.cases().stream().filter(one -> names.matcher(one.name()).find()).toList();
        if (wanted.isEmpty()) {
            throw new IllegalArgumentException("no case of " + suite + " matches " + names);
        }
        // Strings have many cases, which warm up the same code.
        int share = suite == Suite.STRINGS ? 2 : 1;
        TimeValue each = TimeValue.milliseconds(length.milliseconds);
        String methods = String.join("|", distinct(wanted, Case::method));
        ChainedOptionsBuilder options =
                new OptionsBuilder()
                        .include("^" + suite.benchmark().getName() + "\\.(" + methods + ")$")
                        .forks(0)
                        .shouldFailOnError(true)
                        .warmupMode(WarmupMode.BULK)
                        .warmupIterations(Math.max(1, length.warmups / share))
                        .warmupTime(each)
                        .measurementIterations(Math.max(1, length.iterations / share))
                        .measurementTime(each);
        suite.parameter().ifPresent(name -> options.param(name, distinct(wanted, Case::value)));
        return new Runner(options.build())
                .run().stream().flatMap(result -> measurement(suite, wanted, result)).toList();
    }

    private static String[] distinct(List<Case> cases, Function<Case, String> part) {
        return cases.stream().map(part).distinct().toArray(String[]::new);
    }

    /** Returns the measurement of a case; empty if the case is not selected. */
    private static Stream<Measurement> measurement(
            Suite suite, List<Case> wanted, RunResult result) {
        BenchmarkParams parameters = result.getParams();
        String benchmark = parameters.getBenchmark();
        String method = benchmark.substring(benchmark.lastIndexOf('.') + 1);
        String value = suite.parameter().map(parameters::getParam).orElse("");
        return wanted.stream()
                .filter(one -> one.method().equals(method) && one.value().equals(value))
                .map(
                        one ->
                                new Measurement(
                                        one.name(),
                                        result.getPrimaryResult().getScoreUnit(),
                                        Better.LOWER,
                                        result.getPrimaryResult()
                                                .getStatistics()
                                                .getPercentile(50)));
    }
}
