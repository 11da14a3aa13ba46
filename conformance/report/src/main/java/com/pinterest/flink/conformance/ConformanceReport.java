// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.conformance;

import com.pinterest.flink.conformance.ClassResult.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The report on a run of upstream's tests. It fails on a new failure, on fewer executed tests than
 * the floor, and if a patched class was not loaded from an overlay module.
 *
 * <p>Arguments: the {@code conformance} directory; the build directory, relative to it and to each
 * module; {@code quick} to check the floors, {@code full} to add the results to {@code
 * results.tsv}, or {@code twin} for a run without patched classes; the file with the floors; the
 * name of the patches for the results; the output file for the classes with new failures; the
 * modules.
 */
public final class ConformanceReport {

    private static final String RESULTS = "results.tsv";

    private static final Map<String, String> KNOWN_OF_MODE =
            Map.of("forced", "known-forced.tsv", "placement", "known-placement.tsv");

    private final Path directory;
    private final Path target;
    private final boolean twin;
    private final KnownFailures known;
    private final Properties floors;
    private final List<String> problems = new ArrayList<>();
    private final List<String> failedClasses = new ArrayList<>();
    private int allExecuted;
    private int allKnown;
    private int allNew;

    ConformanceReport(
            Path directory, Path target, boolean twin, KnownFailures known, Properties floors) {
        this.directory = directory;
        this.target = target;
        this.twin = twin;
        this.known = known;
        this.floors = floors;
    }

    /** Prints the report; exits with 1 if the run failed. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        String mode = arguments[2];
        List<String> modules = Arrays.asList(arguments).subList(6, arguments.length);
        Properties floors = new Properties();
        if (mode.equals("quick")) {
            try (var reader = Files.newBufferedReader(Path.of(arguments[3]))) {
                floors.load(reader);
            }
        }
        ConformanceReport report =
                new ConformanceReport(
                        directory,
                        Path.of(arguments[1]),
                        mode.equals("twin"),
                        KnownFailures.read(
                                directory.resolve(KNOWN_OF_MODE.getOrDefault(mode, "known.tsv"))),
                        floors);
        System.out.print(report.render(modules));
        Files.write(Path.of(arguments[5]), report.failedClasses);
        if (mode.equals("full")) {
            report.record(modules, arguments[4]);
        }
        if (!report.isGood()) {
            System.exit(1);
        }
    }

    /**
     * Adds the run to the results of earlier runs; replaces the lines of classes that ran again.
     */
    void record(List<String> modules, String patches) throws IOException {
        Path file = directory.resolve(RESULTS);
        SortedMap<String, String> lines = new TreeMap<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                lines.put(key(line), line);
            }
        }
        for (String module : modules) {
            for (ClassResult result : results(module)) {
                String line =
                        String.join(
                                "\t",
                                module,
                                result.testClass(),
                                Integer.toString(result.executed()),
                                Integer.toString(result.skipped()),
                                Integer.toString(result.failures().size()),
                                patches);
                lines.put(key(line), line);
            }
        }
        Files.write(file, lines.values());
    }

    private static String key(String line) {
        String[] fields = line.split("\t", 3);
        return fields[0] + "\t" + fields[1];
    }

    private List<ClassResult> results(String module) throws IOException {
        return ClassResult.readAll(
                directory.resolve(module).resolve(target).resolve("surefire-reports"));
    }

    boolean isGood() {
        return problems.isEmpty() && allNew == 0;
    }

    /** Returns the report as text. The last line is the summary. */
    String render(List<String> modules) throws IOException {
        StringBuilder text = new StringBuilder();
        row(text, "module", "classes", "executed", "skipped", "known", "new", "patched");
        List<String> notes = new ArrayList<>();
        for (String module : modules) {
            module(text, module, notes);
        }
        notes.forEach(line -> text.append(line).append('\n'));
        problems.forEach(line -> text.append("PROBLEM ").append(line).append('\n'));
        text.append(
                String.format(
                        "conformance: %d run, %d new failures, %d known%n",
                        allExecuted, allNew, allKnown));
        return text.toString();
    }

    private void module(StringBuilder text, String module, List<String> notes) throws IOException {
        List<ClassResult> results = results(module);
        int executed = 0;
        int skipped = 0;
        int knownHere = 0;
        int newHere = 0;
        for (ClassResult result : results) {
            executed += result.executed();
            skipped += result.skipped();
            boolean failed = false;
            for (String method : result.flaky()) {
                notes.add("FLAKY " + module + " " + result.testClass() + "." + method);
            }
            for (Failure failure : result.failures()) {
                if (known.contains(module, result.testClass(), failure.method())) {
                    knownHere++;
                } else {
                    newHere++;
                    failed = true;
                    notes.add(
                            String.format(
                                    "NEW %s %s.%s: %s",
                                    module,
                                    result.testClass(),
                                    failure.method(),
                                    failure.message()));
                }
            }
            if (failed) {
                failedClasses.add(module + " " + result.testClass());
            }
        }
        int floor = Integer.parseInt(floors.getProperty(module, "0"));
        if (executed < floor) {
            problems.add(module + " executed " + executed + " tests, the floor is " + floor);
        }
        int patched = twin || results.isEmpty() ? 0 : patchedClasses(module);
        allExecuted += executed;
        allKnown += knownHere;
        allNew += newHere;
        row(text, module, results.size(), executed, skipped, knownHere, newHere, patched);
    }

    /**
     * Returns the number of patched classes that the tests loaded. All of them must be the
     * overlay's.
     */
    private int patchedClasses(String module) throws IOException {
        Path loaded = directory.resolve(module).resolve(target).resolve("patched-loaded");
        // Independent of the directory of the repository.
        String overlay = "/conformance/" + target + "/patched/";
        Set<String> patched = new TreeSet<>();
        for (String line : lines(loaded)) {
            String[] fields = line.split(" ", 2);
            patched.add(fields[0]);
            if (!fields[1].endsWith(overlay)) {
                problems.add(module + " ran upstream's " + fields[0] + " from " + fields[1]);
            }
        }
        if (patched.isEmpty()) {
            problems.add(module + " loaded no patched class");
        }
        return patched.size();
    }

    private static List<String> lines(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                lines.addAll(Files.readAllLines(file));
            }
        }
        return lines.stream().distinct().collect(Collectors.toList());
    }

    private static void row(StringBuilder text, Object... cells) {
        text.append(String.format(Locale.ROOT, "%-24s %8s %9s %8s %6s %6s %8s%n", cells));
    }
}
