// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights.reference;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** The columns of a table, with the parsers of their cells. Immutable. */
final class Schema {
    static final Schema HOURLY =
            new Schema(
                    "hourly",
                    Column.text("hour"),
                    Column.text("origin"),
                    Column.number("flights"),
                    Column.number("total_delay"),
                    Column.mean("mean_delay"),
                    Column.number("max_delay"),
                    Column.number("total_distance"));

    static final Schema LATE =
            new Schema(
                    "late",
                    Column.text("departure"),
                    Column.number("delay"),
                    Column.number("distance"),
                    Column.text("origin"),
                    Column.text("destination"),
                    Column.number("minutes_behind"));

    static final Schema TOP =
            new Schema(
                    "top",
                    Column.number("place"),
                    Column.text("origin"),
                    Column.text("airport"),
                    Column.text("city"),
                    Column.number("flights"),
                    Column.mean("mean_delay"));

    /** Number of decimals of a mean. */
    static final int MEAN_DECIMALS = 2;

    private final String name;
    private final List<Column> columns;

    private Schema(String name, Column... columns) {
        this.name = name;
        this.columns = List.of(columns);
    }

    List<String> columnNames() {
        List<String> names = new ArrayList<>();
        columns.forEach(column -> names.add(column.name));
        return names;
    }

    /** Returns whether a column is right-aligned. */
    boolean isNumber(int column) {
        return columns.get(column).kind != Kind.TEXT;
    }

    /**
     * Parses the cells of a row.
     *
     * @param where file and line, for messages
     * @throws IOException if the number of cells or a number is wrong
     */
    Row parse(List<String> cells, String where) throws IOException {
        if (cells.size() != columns.size()) {
            throw new IOException(
                    String.format(
                            "%s: %d columns instead of the %d of the %s rows: %s",
                            where, cells.size(), columns.size(), name, cells));
        }
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < cells.size(); i++) {
            values.add(columns.get(i).parse(cells.get(i), where));
        }
        return Row.of(values);
    }

    private enum Kind {
        TEXT,
        NUMBER,
        MEAN
    }

    private static final class Column {

        private final String name;
        private final Kind kind;

        private Column(String name, Kind kind) {
            this.name = name;
            this.kind = kind;
        }

        static Column text(String name) {
            return new Column(name, Kind.TEXT);
        }

        static Column number(String name) {
            return new Column(name, Kind.NUMBER);
        }

        static Column mean(String name) {
            return new Column(name, Kind.MEAN);
        }

        Object parse(String cell, String where) throws IOException {
            try {
                switch (kind) {
                    case NUMBER:
                        return Long.valueOf(cell);
                    case MEAN:
                        // A mean with more decimals is an error and must not be rounded here.
                        return new BigDecimal(cell).setScale(MEAN_DECIMALS);
                    case TEXT:
                    default:
                        return cell;
                }
            } catch (ArithmeticException | NumberFormatException e) {
                throw new IOException(String.format("%s: %s is wrong: '%s'", where, name, cell), e);
            }
        }
    }
}
