// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks;

import com.pinterest.flink.benchmarks.Area.Workload;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs the workloads of an area on the vanilla twin and on the distribution, in turns, each run in
 * a JVM of its own whose class path is the tree's lib directory.
 *
 * <p>Arguments: area, directory of the twin, directory of the distribution, number of pairs, file
 * for the report, and "quick" or "full".
 */
public final class Benchmarks {

    private final List<Workload> workloads;
    private final Comparison comparison;

    private Benchmarks(List<Workload> workloads, Comparison comparison) {
        this.workloads = workloads;
        this.comparison = comparison;
    }

    /** Runs the comparison; see the class comment. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 6) {
            System.err.println(
                    "Usage: Benchmarks AREA TWIN DISTRIBUTION PAIRS REPORT quick|full; areas: "
                            + Area.allIds());
            System.exit(2);
        }
        Area area = Area.of(arguments[0]);
        Comparison comparison = new Comparison(area.id());
        new Benchmarks(area.workloads(arguments[5].equals("quick")), comparison)
                .run(Path.of(arguments[1]), Path.of(arguments[2]), Integer.parseInt(arguments[3]));
        Path report = Path.of(arguments[4]);
        Files.createDirectories(report.toAbsolutePath().getParent());
        Files.writeString(report, comparison.json());
        System.out.print(comparison.table());
        System.out.println("report: " + report);
    }

    private void run(Path twin, Path distribution, int pairs)
            throws IOException, InterruptedException {
        for (int pair = 0; pair < pairs; pair++) {
            System.out.println("pair " + (pair + 1) + " of " + pairs);
            // The order changes, so that neither side always runs on the warmer machine.
            boolean twinFirst = pair % 2 == 0;
            for (Workload workload : workloads) {
                runOne(workload, twinFirst ? twin : distribution, twinFirst);
                runOne(workload, twinFirst ? distribution : twin, !twinFirst);
            }
        }
    }

    private void runOne(Workload workload, Path tree, boolean vanilla)
            throws IOException, InterruptedException {
        List<Measurement> measurements = fork(workload, tree);
        if (measurements.isEmpty()) {
            throw new IOException(workload + " printed no measurement");
        }
        for (Measurement measurement : measurements) {
            System.out.println("  " + (vanilla ? "vanilla " : "ours    ") + measurement);
            comparison.add(measurement, vanilla);
        }
    }

    private static List<Measurement> fork(Workload workload, Path tree)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xms1g", "-Xmx1g"));
        command.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
        command.add("--add-opens=java.base/java.util=ALL-UNNAMED");
        command.add("-Dlog4j2.level=ERROR");
        command.addAll(List.of("-cp", classPath(tree), workload.mainClass().getName()));
        command.addAll(workload.arguments());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> output = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            lines.lines().forEach(output::add);
        }
        int status = process.waitFor();
        if (status != 0) {
            throw new IOException(
                    workload + " exited with " + status + ":\n" + String.join("\n", output));
        }
        return output.stream().filter(Measurement::isOne).map(Measurement::parse).toList();
    }

    private static String classPath(Path tree) throws IOException {
        Path own = location(Benchmarks.class);
        try (Stream<Path> jars = Files.list(tree.resolve("lib"))) {
            List<String> elements = new ArrayList<>(List.of(own.toString()));
            jars.filter(jar -> jar.toString().endsWith(".jar"))
                    .sorted()
                    .forEach(jar -> elements.add(jar.toString()));
            return String.join(File.pathSeparator, elements);
        }
    }

    private static Path location(Class<?> type) {
        return Path.of(
                java.net.URI.create(
                        type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }
}
