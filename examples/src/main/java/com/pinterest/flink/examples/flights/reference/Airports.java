// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights.reference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Names and cities of airports by IATA code. Immutable. */
final class Airports {

    private static final int COLUMNS = 7;

    private final Map<String, List<String>> byCode;

    private Airports(Map<String, List<String>> byCode) {
        this.byCode = byCode;
    }

    /** Reads {@code iata,name,city,state,country,latitude,longitude}, quoted if necessary. */
    static Airports read(Path file) throws IOException {
        Map<String, List<String>> byCode = new HashMap<>();
        for (String line : Files.readAllLines(file)) {
            List<String> fields = fields(line);
            if (fields.size() != COLUMNS || byCode.put(fields.get(0), fields) != null) {
                throw new IOException(file + ": not an airport, or a second time: " + line);
            }
        }
        return new Airports(byCode);
    }

    boolean contains(String code) {
        return byCode.containsKey(code);
    }

    String name(String code) {
        return byCode.get(code).get(1);
    }

    String city(String code) {
        return byCode.get(code).get(2);
    }

    /** Splits a line as in RFC 4180, without line breaks in fields. */
    private static List<String> fields(String line) {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            boolean doubled = quoted && c == '"' && line.startsWith("\"\"", i);
            if (doubled) {
                field.append(c);
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        fields.add(field.toString());
        return fields;
    }
}
