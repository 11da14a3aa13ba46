// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks;

import java.util.Locale;

/**
 * A measurement of one run, which a workload prints for {@link Benchmarks}.
 *
 * @param name the case, for example {@code source.rate1000.cpu}; no blanks
 * @param unit the unit, for example {@code cores}; no blanks
 */
public record Measurement(String name, String unit, Better better, double value) {

    private static final String MARK = "RESULT";

    /** Which of two values is the better one. */
    public enum Better {
        /** Rates. */
        HIGHER,
        /** Times, CPU, memory. */
        LOWER
    }

    /** Returns whether a line of the output of a workload is a measurement. */
    static boolean isOne(String line) {
        return line.startsWith(MARK + " ");
    }

    /**
     * Parses the line that {@link #print} writes.
     *
     * @throws IllegalArgumentException if it is not a measurement
     */
    static Measurement parse(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != 5 || !words[0].equals(MARK)) {
            throw new IllegalArgumentException("not a measurement: " + line);
        }
        return new Measurement(
                words[1],
                words[2],
                Better.valueOf(words[3].toUpperCase(Locale.ROOT)),
                Double.parseDouble(words[4]));
    }

    /** Prints the measurement to standard output, on its own line. */
    public void print() {
        System.out.println(this);
    }

    @Override
    public String toString() {
        return String.join(
                " ",
                MARK,
                name,
                unit,
                better.name().toLowerCase(Locale.ROOT),
                Double.toString(value));
    }
}
