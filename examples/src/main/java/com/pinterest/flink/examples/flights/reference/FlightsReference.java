// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights.reference;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A program that checks the output of both flight jobs, row by row, against its own calculation.
 */
public final class FlightsReference {

    private static final int OK = 0;
    private static final int MISMATCH = 1;
    private static final int FAILURE = 2;

    private static final int DIFFERENCES_SHOWN = 10;
    private static final int WORST_HOURS_SHOWN = 5;
    private static final int WORST_HOURS_MIN_FLIGHTS = 20;

    private static final String USAGE =
            String.join(
                    "\n",
                    "Usage: FlightsReference --flights FILE --hourly DIR --late DIR"
                            + " [--airports FILE --top FILE] [options]",
                    "",
                    "  --flights FILE             the flights that the jobs read",
                    "  --hourly DIR, --late DIR   what the DataStream job wrote",
                    "  --airports FILE            the airports that the SQL job read",
                    "  --top FILE                 what the SQL client printed",
                    "  --out-of-orderness MINUTES as given to the job (default 1440)",
                    "  --min-flights N            as in the query (default 1000)",
                    "  --help                     prints this",
                    "",
                    "Exit status: 0 all rows as expected, 1 they differ, 2 not compared.");

    private static final List<String> REQUIRED = List.of("--flights", "--hourly", "--late");
    private static final List<String> OF_SQL_JOB = List.of("--airports", "--top");
    private static final Map<String, String> DEFAULTS =
            Map.of("--out-of-orderness", "1440", "--min-flights", "1000");

    private final Map<String, String> options;
    private final PrintStream out;

    private FlightsReference(Map<String, String> options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /** Compares and exits; see {@code --help}. */
    public static void main(String[] args) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        int status;
        if (List.of(args).contains("--help")) {
            out.println(USAGE);
            status = OK;
        } else {
            status = run(args, out);
        }
        System.exit(status);
    }

    private static int run(String[] args, PrintStream out) {
        try {
            return new FlightsReference(parse(args), out).compare() ? OK : MISMATCH;
        } catch (IOException | IllegalArgumentException e) {
            System.err.println("Not compared: " + e.getMessage());
            return FAILURE;
        }
    }

    private static Map<String, String> parse(String[] args) {
        Map<String, String> options = new HashMap<>(DEFAULTS);
        for (int i = 0; i < args.length; i += 2) {
            if (!REQUIRED.contains(args[i])
                    && !OF_SQL_JOB.contains(args[i])
                    && !DEFAULTS.containsKey(args[i])) {
                throw new IllegalArgumentException("unknown option " + args[i] + ", see --help");
            }
            if (i + 1 == args.length) {
                throw new IllegalArgumentException("option " + args[i] + " has no value");
            }
            options.put(args[i], args[i + 1]);
        }
        for (String name : REQUIRED) {
            if (!options.containsKey(name)) {
                throw new IllegalArgumentException("option " + name + " is missing, see --help");
            }
        }
        if (options.containsKey("--top") != options.containsKey("--airports")) {
            throw new IllegalArgumentException(
                    "options --top and --airports need each other, see --help");
        }
        return options;
    }

    private boolean compare() throws IOException {
        ExpectedResults expected =
                ExpectedResults.of(path("--flights"), number("--out-of-orderness"));
        OutputDirectory hourly = OutputDirectory.read(Schema.HOURLY, path("--hourly"));
        OutputDirectory late = OutputDirectory.read(Schema.LATE, path("--late"));
        List<Row> expectedHourly = expected.hourly();
        print("Worst hours", Schema.HOURLY, worstHours(expectedHourly));

        List<Comparison> comparisons = new ArrayList<>();
        comparisons.add(compare("hourly rows", expectedHourly, hourly.rows(), hourly));
        comparisons.add(compare("late rows", expected.late(), late.rows(), late));
        if (options.containsKey("--top")) {
            TableauChangelog top = TableauChangelog.read(Schema.TOP, path("--top"));
            List<Row> expectedTop =
                    expected.top(Airports.read(path("--airports")), number("--min-flights"));
            print("Most delayed origins", Schema.TOP, expectedTop);
            comparisons.add(compare("most delayed origins", expectedTop, top.rows(), top));
        }
        boolean matches = comparisons.stream().allMatch(Comparison::matches);
        out.printf(
                matches
                        ? "%d flights, %d late, %d result rows%n"
                        : "MISMATCH for %d flights, of which %d are late, with %d result rows%n",
                expected.flights(),
                expected.late().size(),
                expectedHourly.size());
        return matches;
    }

    private Comparison compare(String what, List<Row> expected, List<Row> actual, Object source) {
        Comparison comparison = Comparison.of(what, expected, actual);
        out.printf("%s (%s)%n", comparison, source);
        comparison.differences().stream()
                .limit(DIFFERENCES_SHOWN)
                .forEach(difference -> out.println("  " + difference));
        return comparison;
    }

    private static List<Row> worstHours(List<Row> hourly) {
        List<String> columns = Schema.HOURLY.columnNames();
        int flights = columns.indexOf("flights");
        int totalDelay = columns.indexOf("total_delay");
        int hour = columns.indexOf("hour");
        int origin = columns.indexOf("origin");
        return hourly.stream()
                .filter(row -> row.number(flights) >= WORST_HOURS_MIN_FLIGHTS)
                .sorted(
                        Comparator.<Row>comparingDouble(
                                        row ->
                                                -(double) row.number(totalDelay)
                                                        / row.number(flights))
                                .thenComparing(row -> row.text(hour))
                                .thenComparing(row -> row.text(origin)))
                .limit(WORST_HOURS_SHOWN)
                .collect(Collectors.toList());
    }

    private void print(String title, Schema schema, List<Row> rows) {
        out.println(title);
        TextTable.lines(schema, rows).forEach(line -> out.println("  " + line));
        out.println();
    }

    private Path path(String name) {
        return Path.of(options.get(name));
    }

    private long number(String name) {
        try {
            return Long.parseLong(options.get(name));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "option " + name + " is no number: '" + options.get(name) + "'", e);
        }
    }
}
