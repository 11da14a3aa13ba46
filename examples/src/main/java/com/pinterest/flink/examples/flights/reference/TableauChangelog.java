// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights.reference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The table that results from a changelog in the output of the SQL client in tableau mode: lines
 * {@code | +I | cell | cell |}, among others that are ignored. Immutable.
 */
final class TableauChangelog {

    private static final Pattern CHANGE =
            Pattern.compile("\\|\\s*(\\+I|-U|\\+U|-D)\\s*\\|(.*)\\|\\s*");

    private final List<Row> rows;
    private final int changes;

    private TableauChangelog(List<Row> rows, int changes) {
        this.rows = Collections.unmodifiableList(rows);
        this.changes = changes;
    }

    /**
     * Applies the changes in a file to a multiset of rows.
     *
     * @throws IOException if there is no change, or a change removes a row that does not exist
     */
    static TableauChangelog read(Schema schema, Path file) throws IOException {
        Map<Row, Integer> counts = new LinkedHashMap<>();
        int changes = 0;
        int lineNumber = 0;
        for (String line : Files.readAllLines(file)) {
            lineNumber++;
            Matcher change = CHANGE.matcher(line);
            if (!change.matches()) {
                continue;
            }
            changes++;
            String where = file + ", line " + lineNumber;
            Row row = schema.parse(cells(change.group(2)), where);
            int count = counts.merge(row, change.group(1).startsWith("+") ? 1 : -1, Integer::sum);
            if (count < 0) {
                throw new IOException(where + ": takes away a row that is not there: " + row);
            }
        }
        if (changes == 0) {
            throw new IOException(
                    file + ": no line of a changelog ('| +I | ...'): the query did not run");
        }
        List<Row> rows = new ArrayList<>();
        counts.forEach((row, count) -> rows.addAll(Collections.nCopies(count, row)));
        return new TableauChangelog(rows, changes);
    }

    private static List<String> cells(String text) {
        List<String> cells = new ArrayList<>();
        Arrays.stream(text.split("\\|", -1)).map(String::trim).forEach(cells::add);
        return cells;
    }

    List<Row> rows() {
        return rows;
    }

    @Override
    public String toString() {
        return changes + " changes";
    }
}
