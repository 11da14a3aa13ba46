// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks;

import com.pinterest.flink.benchmarks.Workload.Side;
import com.pinterest.flink.benchmarks.Workload.Tree;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.CompilerHints;

/**
 * The main class of {@code ci/bench}. It runs the workloads of an area on the vanilla twin and on
 * the distribution in turns, each run in its own JVM with the lib directory of the tree as its
 * class path.
 *
 * <p>Arguments: area, directory of the twin, directory of the distribution, number of pairs, output
 * file for the report, "quick" or "full", and a regular expression for the names of the cases.
 */
public final class Benchmarks {

    private static final String CONNECTORS =
            "flink-(connector|deduplication|sql-connector-service)-.*";

    private final Pattern names;
    private final Map<Tree, Path> trees;
    private final Comparison comparison;

    private Benchmarks(Pattern names, Map<Tree, Path> trees, Comparison comparison) {
        this.names = names;
        this.trees = trees;
        this.comparison = comparison;
    }

    /** Runs the comparison; see the class comment. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 7) {
            System.err.println(
                    "Usage: Benchmarks AREA TWIN DISTRIBUTION PAIRS REPORT quick|full CASES; areas: "
                            + Area.allIds());
            System.exit(2);
        }
        List<Workload> workloads;
        Pattern names;
        Area area;
        try {
            area = Area.of(arguments[0]);
            names = Pattern.compile(arguments[6]);
            workloads = area.workloads(arguments[5].equals("quick"), names);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        Comparison comparison = new Comparison(area.id());
        new Benchmarks(
                        names,
                        Map.of(
                                Tree.TWIN, Path.of(arguments[1]),
                                Tree.DISTRIBUTION, Path.of(arguments[2])),
                        comparison)
                .run(runs(workloads, Integer.parseInt(arguments[3])));
        area.geometricMean().ifPresent(comparison::add);
        Path report = Path.of(arguments[4]);
        Files.createDirectories(report.toAbsolutePath().getParent());
        Files.writeString(report, comparison.json());
        System.out.print(comparison.table());
        System.out.println("report: " + report);
    }

    /**
     * A run of one side of a workload.
     *
     * @param pass number of the pass, starting at 1
     */
    record Run(int pass, Workload workload, boolean isVanilla) {}

    /** Returns all runs in their order. The two runs of a pair follow each other. */
    static List<Run> runs(List<Workload> workloads, int pairs) {
        List<Run> runs = new ArrayList<>();
        for (int pass = 1; pass <= pairs; pass++) {
            // The order alternates, so that neither side always runs on the warmer machine.
            boolean vanillaFirst = pass % 2 == 1;
            for (Workload workload : workloads) {
                runs.add(new Run(pass, workload, vanillaFirst));
                runs.add(new Run(pass, workload, !vanillaFirst));
            }
        }
        return runs;
    }

    private void run(List<Run> runs) throws IOException, InterruptedException {
        long start = System.nanoTime();
        for (int done = 0; done < runs.size(); done++) {
            Run run = runs.get(done);
            System.out.printf(
                    "run %d of %d, after %d s: pair %d, %s, %s%n",
                    done + 1,
                    runs.size(),
                    (System.nanoTime() - start) / 1_000_000_000,
                    run.pass(),
                    run.isVanilla() ? "vanilla" : "ours",
                    run.workload().description(names));
            run(run);
        }
    }

    private void run(Run run) throws IOException, InterruptedException {
        List<Measurement> measurements =
                fork(run).stream()
                        .filter(measurement -> names.matcher(measurement.name()).find())
                        .toList();
        if (measurements.isEmpty()) {
            throw new IOException(run + " printed no measurement");
        }
        for (Measurement measurement : measurements) {
            System.out.println("  " + measurement);
            comparison.add(measurement, run.isVanilla());
        }
    }

    private List<Measurement> fork(Run run) throws IOException, InterruptedException {
        Workload workload = run.workload();
        Side side = run.isVanilla() ? workload.vanilla() : workload.ours();
        Path tree = trees.get(side.tree());
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xms1g", "-Xmx1g"));
        command.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
        command.add("--add-opens=java.base/java.util=ALL-UNNAMED");
        command.add("-Dlog4j2.level=ERROR");
        // Forks run one at a time.
        command.add("-Djmh.ignoreLock=true");
        // The options that JMH passes to its own forks.
        CompilerHints.addCompilerHints(command);
        command.addAll(List.of("-cp", classPath(tree), workload.mainClass().getName()));
        command.addAll(side.arguments());
        if (workload.startsCluster()) {
            command.add(tree.toString());
            command.add(location(Benchmarks.class).toString());
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        Thread killer = new Thread(() -> end(process));
        Runtime.getRuntime().addShutdownHook(killer);
        List<String> output = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            lines.lines().forEach(output::add);
        }
        int status = process.waitFor();
        try {
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (IllegalStateException e) {
            // This process is being terminated, for example by ctrl-C: wait for that.
            System.exit(status);
        }
        if (status != 0) {
            throw new IOException(
                    String.format(
                            "%s %s exited with %d:%n%s",
                            workload.mainClass().getName(),
                            side,
                            status,
                            String.join("\n", output)));
        }
        return output.stream().filter(Measurement::isOne).map(Measurement::parse).toList();
    }

    /** Terminates a fork when this process is terminated. The fork has time to stop its cluster. */
    private static void end(Process fork) {
        fork.destroy();
        fork.onExit().join();
    }

    /**
     * Returns the class path: our classes, the jars for measuring, and the jars of the tree, its
     * connectors included.
     */
    private static String classPath(Path tree) throws IOException {
        List<String> elements = new ArrayList<>();
        elements.add(location(Benchmarks.class).toString());
        try (Stream<Path> libraries = Files.list(location(CompilerHints.class).getParent())) {
            libraries.sorted().forEach(library -> elements.add(library.toString()));
        }
        try (Stream<Path> jars = Files.list(tree.resolve("lib"))) {
            jars.filter(jar -> jar.toString().endsWith(".jar"))
                    .sorted()
                    .forEach(jar -> elements.add(jar.toString()));
        }
        try (Stream<Path> connectors = Files.list(tree.resolve("opt"))) {
            connectors
                    .filter(jar -> jar.getFileName().toString().matches(CONNECTORS))
                    .sorted()
                    .forEach(jar -> elements.add(jar.toString()));
        }
        return String.join(File.pathSeparator, elements);
    }

    private static Path location(Class<?> type) {
        return Path.of(
                java.net.URI.create(
                        type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }
}
