// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;

/** The text form of times in the files: {@code uuuu-MM-dd HH:mm:ss}, without a time zone. */
final class FlightTime {

    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss")
                    .withResolverStyle(ResolverStyle.STRICT);

    private FlightTime() {}

    /**
     * Parses a time to milliseconds since the epoch.
     *
     * @throws java.time.format.DateTimeParseException if the text is not in this form
     */
    static long parse(String text) {
        return LocalDateTime.parse(text, FORMAT).toInstant(ZoneOffset.UTC).toEpochMilli();
    }

    static String format(long epochMillis) {
        return LocalDateTime.ofInstant(Instant.ofEpochMilli(epochMillis), ZoneOffset.UTC)
                .format(FORMAT);
    }
}
