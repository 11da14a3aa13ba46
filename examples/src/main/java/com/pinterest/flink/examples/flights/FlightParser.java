// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.format.DateTimeParseException;

/** A parser of lines {@code date,delay,distance,origin,destination} of one file. */
final class FlightParser {

    private static final int COLUMNS = 5;

    private final String file;

    /**
     * Creates a parser.
     *
     * @param file the name of the file, for messages
     */
    FlightParser(String file) {
        this.file = requireNonNull(file, "file");
    }

    /**
     * Parses a line. The frontier of the flight is its own event time.
     *
     * @param lineNumber number of the line, starting at 1, for messages
     * @throws IOException if the line is not a flight; the message names file, line and column
     */
    Flight parse(String line, long lineNumber) throws IOException {
        String[] fields = line.split(",", -1);
        if (fields.length != COLUMNS) {
            throw malformed(
                    lineNumber,
                    String.format("%d columns instead of %d: '%s'", fields.length, COLUMNS, line));
        }
        Route route =
                new Route(
                        airport(fields[3], "origin", lineNumber),
                        airport(fields[4], "destination", lineNumber));
        return new Flight(
                time(fields[0], lineNumber),
                number(fields[1], "delay", lineNumber),
                number(fields[2], "distance", lineNumber),
                route);
    }

    private long time(String text, long lineNumber) throws IOException {
        try {
            return FlightTime.parse(text);
        } catch (DateTimeParseException e) {
            throw malformed(lineNumber, "date is no 'yyyy-MM-dd HH:mm:ss': '" + text + "'");
        }
    }

    private int number(String text, String column, long lineNumber) throws IOException {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw malformed(lineNumber, column + " is no whole number: '" + text + "'");
        }
    }

    private String airport(String text, String column, long lineNumber) throws IOException {
        if (text.isEmpty()) {
            throw malformed(lineNumber, column + " is empty");
        }
        return text;
    }

    private IOException malformed(long lineNumber, String problem) {
        return new IOException(file + ", line " + lineNumber + ": " + problem);
    }
}
