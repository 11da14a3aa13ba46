// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights.reference;

import java.util.ArrayList;
import java.util.List;

/** A formatter of rows as an aligned table. */
final class TextTable {

    private TextTable() {}

    /** Returns the lines of the table: column names, a rule, rows; numbers are right-aligned. */
    static List<String> lines(Schema schema, List<Row> rows) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(schema.columnNames());
        rows.forEach(row -> cells.add(row.texts()));

        int columns = schema.columnNames().size();
        List<String> lines = new ArrayList<>();
        for (List<String> row : cells) {
            List<String> padded = new ArrayList<>();
            for (int column = 0; column < columns; column++) {
                String sign = schema.isNumber(column) ? "" : "-";
                padded.add(String.format("%" + sign + width(cells, column) + "s", row.get(column)));
            }
            lines.add(String.join("  ", padded).stripTrailing());
        }
        int total = lines.stream().mapToInt(String::length).max().orElse(0);
        lines.add(1, "-".repeat(total));
        return lines;
    }

    private static int width(List<List<String>> cells, int column) {
        return cells.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }
}
