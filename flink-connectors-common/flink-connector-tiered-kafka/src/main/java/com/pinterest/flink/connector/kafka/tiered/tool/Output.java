// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.pinterest.flink.connector.kafka.tiered.archive.OffsetRange;
import java.io.PrintStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Where a command writes: lines for people, or one JSON document, to the standard output; progress
 * to the standard error.
 *
 * <p>Not safe for use by several threads.
 */
@SuppressWarnings("AnnotateFormatMethod") // Its annotation would be one more dependency.
final class Output {

    /** A progress line is written at most that often. */
    private static final long PROGRESS_NANOS = 1_000_000_000L;

    private final PrintStream out;
    private final PrintStream err;
    private final boolean json;
    private long lastProgressNanos = System.nanoTime();

    Output(PrintStream out, PrintStream err, boolean json) {
        this.out = out;
        this.err = err;
        this.json = json;
    }

    /** Writes a line, unless JSON is asked for. */
    void line(String format, Object... arguments) {
        if (!json) {
            out.println(String.format(format, arguments).stripTrailing());
        }
    }

    /** Writes the document, if JSON is asked for. */
    void document(Map<String, Object> document) {
        if (json) {
            try {
                out.println(
                        new ObjectMapper()
                                .enable(SerializationFeature.INDENT_OUTPUT)
                                .writeValueAsString(document));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("Cannot write " + document, e);
            }
        }
    }

    /** Writes a line about long work, but not more than one a second. */
    void progress(String format, Object... arguments) {
        long now = System.nanoTime();
        if (now - lastProgressNanos >= PROGRESS_NANOS) {
            lastProgressNanos = now;
            err.println(String.format(format, arguments));
        }
    }

    /** Returns pairs of names and values as a map in this order. */
    static Map<String, Object> object(Object... pairs) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            object.put((String) pairs[i], pairs[i + 1]);
        }
        return object;
    }

    static Map<String, Object> object(OffsetRange range) {
        return object("start", range.start(), "end", range.end());
    }

    static List<Map<String, Object>> objects(List<OffsetRange> ranges) {
        return ranges.stream().map(Output::object).collect(Collectors.toList());
    }

    /** Returns ranges as {@code [0, 10) [20, 30)}, {@code -} without any. */
    static String text(List<OffsetRange> ranges) {
        return ranges.isEmpty()
                ? "-"
                : ranges.stream().map(OffsetRange::toString).collect(Collectors.joining(" "));
    }

    /** Returns a time in milliseconds as ISO 8601, {@code -} below 0. */
    static String time(long millis) {
        return millis < 0 ? "-" : Instant.ofEpochMilli(millis).toString();
    }
}
