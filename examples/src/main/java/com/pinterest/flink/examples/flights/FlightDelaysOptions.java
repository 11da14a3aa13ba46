// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.fs.Path;

/** The command line options of {@link FlightDelays}. Immutable. */
final class FlightDelaysOptions {

    static final String USAGE =
            String.join(
                    "\n",
                    "Usage: FlightDelays --input FILE --output DIR --late DIR [options]",
                    "",
                    "  --input FILE               flights as CSV, plain or .gz",
                    "  --output DIR               receives the hourly rows",
                    "  --late DIR                 receives the late rows",
                    "  --rate ROWS_PER_SECOND     pace of the source, 0 = unlimited (default)",
                    "  --hold-at ROW              emits the rows up to this one and no more; the job",
                    "                             runs on and can be stopped with a savepoint",
                    "  --hold-until FILE          ends the hold as soon as this file exists",
                    "  --out-of-orderness MINUTES how far the watermark trails (default 1440)",
                    "  --help                     prints this",
                    "",
                    "State backend and checkpoints are the cluster's, or set by -D.");

    private static final String INPUT = "--input";
    private static final String OUTPUT = "--output";
    private static final String LATE = "--late";
    private static final String RATE = "--rate";
    private static final String HOLD_AT = "--hold-at";
    private static final String HOLD_UNTIL = "--hold-until";
    private static final String OUT_OF_ORDERNESS = "--out-of-orderness";
    private static final List<String> NAMES =
            List.of(INPUT, OUTPUT, LATE, RATE, HOLD_AT, HOLD_UNTIL, OUT_OF_ORDERNESS);

    /** The default out-of-orderness; half a percent of a month's flights are late with it. */
    static final Duration DEFAULT_OUT_OF_ORDERNESS = Duration.ofDays(1);

    private final Path input;
    private final Path output;
    private final Path late;
    private final int rate;
    private final RowHold hold;
    private final Duration outOfOrderness;

    private FlightDelaysOptions(Map<String, String> values) {
        this.input = path(values, INPUT);
        this.output = path(values, OUTPUT);
        this.late = path(values, LATE);
        if (output.equals(late)) {
            throw new IllegalArgumentException(
                    OUTPUT + " and " + LATE + " are the same directory: " + output);
        }
        this.rate = number(values, RATE, RowRate.UNLIMITED);
        this.hold = hold(values);
        this.outOfOrderness =
                Duration.ofMinutes(
                        number(
                                values,
                                OUT_OF_ORDERNESS,
                                Math.toIntExact(DEFAULT_OUT_OF_ORDERNESS.toMinutes())));
    }

    static boolean asksForHelp(String[] args) {
        return List.of(args).contains("--help");
    }

    /**
     * Parses pairs of option names and values.
     *
     * @throws IllegalArgumentException if an option is unknown, missing or invalid; the message
     *     names it
     */
    static FlightDelaysOptions parse(String... args) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < args.length; i += 2) {
            String name = args[i];
            if (!NAMES.contains(name)) {
                throw new IllegalArgumentException(
                        "unknown option '" + name + "', known are " + NAMES + " and --help");
            }
            if (i + 1 == args.length || NAMES.contains(args[i + 1])) {
                throw new IllegalArgumentException("option " + name + " has no value");
            }
            if (values.put(name, args[i + 1]) != null) {
                throw new IllegalArgumentException("option " + name + " is given twice");
            }
        }
        return new FlightDelaysOptions(values);
    }

    private static Path path(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("option " + name + " is missing, see --help");
        }
        return new Path(value);
    }

    private static RowHold hold(Map<String, String> values) {
        if (!values.containsKey(HOLD_AT)) {
            if (values.containsKey(HOLD_UNTIL)) {
                throw new IllegalArgumentException(
                        "option " + HOLD_UNTIL + " needs " + HOLD_AT + ", see --help");
            }
            return RowHold.NONE;
        }
        RowHold hold = RowHold.at(number(values, HOLD_AT, 0));
        return values.containsKey(HOLD_UNTIL) ? hold.until(path(values, HOLD_UNTIL)) : hold;
    }

    private static int number(Map<String, String> values, String name, int defaultValue) {
        String value = values.getOrDefault(name, Integer.toString(defaultValue));
        try {
            int number = Integer.parseInt(value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below, as for negative numbers.
        }
        throw new IllegalArgumentException(
                "option " + name + " must be a whole number from 0, but is '" + value + "'");
    }

    Path input() {
        return input;
    }

    Path output() {
        return output;
    }

    Path late() {
        return late;
    }

    /** Returns the rows per second; {@link RowRate#UNLIMITED} for no limit. */
    int rate() {
        return rate;
    }

    /** Returns the row at which the source holds; {@link RowHold#NONE} if it does not hold. */
    RowHold hold() {
        return hold;
    }

    Duration outOfOrderness() {
        return outOfOrderness;
    }
}
