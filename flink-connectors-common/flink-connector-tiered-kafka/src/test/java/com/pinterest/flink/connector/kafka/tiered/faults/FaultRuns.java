// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.faults;

import com.pinterest.flink.connector.kafka.tiered.KafkaBroker;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.util.ExceptionUtils;
import org.apache.flink.util.FileUtils;

/** The main class of {@code ci/faults unlimited-log}: runs a number of seeds, one after another. */
public final class FaultRuns {

    private FaultRuns() {}

    /** Arguments: the first seed, and the number of runs. Exits with 1 if there is a violation. */
    public static void main(String[] arguments) throws Exception {
        long first = Long.parseLong(arguments[0]);
        int runs = Integer.parseInt(arguments[1]);
        KafkaBroker broker = new KafkaBroker();
        int violations;
        try {
            violations = run(first, runs, broker, System.out);
        } finally {
            broker.close();
        }
        System.exit(violations == 0 ? 0 : 1);
    }

    /** Runs seeds, and returns the number of those that have a violation. */
    static int run(long first, int runs, KafkaBroker broker, PrintStream out) throws Exception {
        int violations = 0;
        FaultCluster cluster = new FaultCluster();
        try {
            for (long seed = first; seed < first + runs; seed++) {
                violations += run(seed, cluster, broker, out);
            }
        } finally {
            cluster.close();
        }
        out.printf("faults: %d runs, %d violations%n", runs, violations);
        return violations;
    }

    private static int run(long seed, FaultCluster cluster, KafkaBroker broker, PrintStream out)
            throws IOException {
        Path directory = Files.createTempDirectory("faults");
        long start = System.nanoTime();
        List<String> wrong;
        FaultRun run = new FaultRun(seed, cluster, broker, directory);
        try {
            wrong = run.run();
        } catch (Exception e) {
            wrong = List.of(ExceptionUtils.stringifyException(e));
        }
        out.printf(
                "faults: seed %d %s, %d records, %d s: %s%n",
                seed,
                wrong.isEmpty() ? "ok" : "VIOLATION",
                run.records(),
                (System.nanoTime() - start) / 1_000_000_000,
                run.story());
        wrong.stream().limit(20).forEach(each -> out.println("  " + each));
        if (wrong.isEmpty()) {
            FileUtils.deleteDirectory(directory.toFile());
        } else {
            out.println("  files: " + directory);
        }
        return wrong.isEmpty() ? 0 : 1;
    }
}
