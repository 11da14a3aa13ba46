// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks;

import com.pinterest.flink.benchmarks.Area.GeometricMean;
import com.pinterest.flink.benchmarks.Measurement.Better;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The measurements of an area by case, and the reports on them. */
final class Comparison {

    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private final String area;
    private final Map<String, Case> cases = new LinkedHashMap<>();

    Comparison(String area) {
        this.area = area;
    }

    private static final class Case {
        private final String unit;
        private final Better better;
        private final List<Double> vanilla = new ArrayList<>();
        private final List<Double> ours = new ArrayList<>();

        Case(Measurement first) {
            this.unit = first.unit();
            this.better = first.better();
        }

        PairedRatio ratio() {
            return PairedRatio.of(vanilla, ours, better);
        }
    }

    /** Adds a measurement of a run. The n-th ones of both sides are the n-th pair. */
    void add(Measurement measurement, boolean vanilla) {
        Case found = cases.computeIfAbsent(measurement.name(), ignored -> new Case(measurement));
        (vanilla ? found.vanilla : found.ours).add(measurement.value());
    }

    /** Adds a row with the mean of other cases, if there are measurements of all of them. */
    void add(GeometricMean mean) {
        List<Case> parts = mean.cases().stream().map(cases::get).filter(Objects::nonNull).toList();
        if (parts.size() < mean.cases().size()) {
            return;
        }
        Case first = parts.get(0);
        for (int pair = 0; pair < first.vanilla.size(); pair++) {
            for (boolean vanilla : new boolean[] {true, false}) {
                int index = pair;
                double logarithm =
                        parts.stream()
                                .map(part -> vanilla ? part.vanilla : part.ours)
                                .mapToDouble(figures -> Math.log(figures.get(index)))
                                .average()
                                .orElseThrow();
                add(
                        new Measurement(mean.name(), first.unit, first.better, Math.exp(logarithm)),
                        vanilla);
            }
        }
    }

    /** Returns the report as a table. */
    String table() {
        StringBuilder table =
                new StringBuilder(
                        row("case", "unit", "vanilla", "ours", "ratio", "lo", "hi", "runs"));
        cases.forEach(
                (name, figures) -> {
                    PairedRatio ratio = figures.ratio();
                    table.append(
                            row(
                                    name,
                                    figures.unit,
                                    number(ratio.vanilla()),
                                    number(ratio.ours()),
                                    number(ratio.ratio()),
                                    number(ratio.lo()),
                                    number(ratio.hi()),
                                    Integer.toString(ratio.runs())));
                });
        return table.toString();
    }

    private static String row(Object... cells) {
        return String.format(Locale.ROOT, "%-32s %-12s %12s %12s %8s %8s %8s %5s%n", cells);
    }

    /** Returns the report as JSON, with the raw figures in each row. */
    String json() throws IOException {
        String rows =
                cases.entrySet().stream()
                        .map(entry -> row(entry.getKey(), entry.getValue()))
                        .collect(Collectors.joining(",\n"));
        return String.format(
                Locale.ROOT,
                "{\"area\": \"%s\", \"machine\": \"%s\", \"rows\": [%n%s%n]}%n",
                area,
                machine(),
                rows);
    }

    private static String row(String name, Case figures) {
        PairedRatio ratio = figures.ratio();
        return String.format(
                Locale.ROOT,
                "  {\"case\": \"%s\", \"unit\": \"%s\", \"vanilla\": %s, \"ours\": %s,"
                        + " \"ratio\": %s, \"lo\": %s, \"hi\": %s, \"runs\": %d,"
                        + " \"raw\": {\"vanilla\": %s, \"ours\": %s}}",
                name,
                figures.unit,
                number(ratio.vanilla()),
                number(ratio.ours()),
                orNull(ratio.ratio()),
                orNull(ratio.lo()),
                orNull(ratio.hi()),
                ratio.runs(),
                figures.vanilla,
                figures.ours);
    }

    /** Returns null for a value that JSON cannot represent. */
    private static String orNull(double value) {
        return Double.isFinite(value) ? number(value) : "null";
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.3f" : "%.0f", value);
    }

    private static String machine() throws IOException {
        String processor = System.getProperty("os.arch");
        if (Files.isReadable(CPU_INFO)) {
            try (Stream<String> lines = Files.lines(CPU_INFO)) {
                processor =
                        lines.filter(line -> line.startsWith("model name"))
                                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                                .findFirst()
                                .orElse(processor);
            }
        }
        return String.format(
                Locale.ROOT,
                "%d x %s, Java %s",
                Runtime.getRuntime().availableProcessors(),
                processor.replace("\"", "").replace("\\", ""),
                Runtime.version());
    }
}
