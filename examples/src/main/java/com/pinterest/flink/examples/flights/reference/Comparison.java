// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights.reference;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The differences of two collections of rows, as multisets. Immutable. */
final class Comparison {

    private final String what;
    private final int expectedRows;
    private final List<String> differences;

    private Comparison(String what, int expectedRows, List<String> differences) {
        this.what = what;
        this.expectedRows = expectedRows;
        this.differences = Collections.unmodifiableList(differences);
    }

    /**
     * Compares two collections.
     *
     * @param what the name of the rows in messages
     */
    static Comparison of(String what, List<Row> expected, List<Row> actual) {
        Map<Row, Integer> expectedCounts = counts(expected);
        Map<Row, Integer> actualCounts = counts(actual);
        List<String> differences = new ArrayList<>();
        expectedCounts.forEach(
                (row, count) -> {
                    int surplus = actualCounts.getOrDefault(row, 0) - count;
                    if (surplus < 0) {
                        differences.add(difference("missing", -surplus, row));
                    } else if (surplus > 0) {
                        differences.add(difference("duplicate", surplus, row));
                    }
                });
        actualCounts.forEach(
                (row, count) -> {
                    if (!expectedCounts.containsKey(row)) {
                        differences.add(difference("unexpected", count, row));
                    }
                });
        // Sorted by row, so that both sides of a changed number are next to each other.
        differences.sort((left, right) -> afterKind(left).compareTo(afterKind(right)));
        return new Comparison(what, expected.size(), differences);
    }

    boolean matches() {
        return differences.isEmpty();
    }

    /** Returns one line per difference: its kind, how often it occurs, and the row. */
    List<String> differences() {
        return differences;
    }

    @Override
    public String toString() {
        return matches()
                ? String.format("%s: %d rows as expected", what, expectedRows)
                : String.format(
                        "%s: %d differences to the %d rows expected",
                        what, differences.size(), expectedRows);
    }

    private static String difference(String kind, int times, Row row) {
        return String.format("%-10s %dx  %s", kind, times, row);
    }

    private static String afterKind(String difference) {
        return difference.substring(difference.indexOf("x  "));
    }

    private static Map<Row, Integer> counts(List<Row> rows) {
        Map<Row, Integer> counts = new HashMap<>();
        rows.forEach(row -> counts.merge(row, 1, Integer::sum));
        return counts;
    }
}
