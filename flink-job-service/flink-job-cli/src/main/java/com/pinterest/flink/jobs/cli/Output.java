// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Prints what the service says: for people, or as it is. */
final class Output {

    private final PrintStream out;
    private final boolean json;

    Output(PrintStream out, boolean json) {
        this.out = out;
        this.json = json;
    }

    boolean isJson() {
        return json;
    }

    /** Prints one object, a line for each of its fields. */
    void object(JsonNode object) {
        if (json) {
            out.println(object.toPrettyString());
            return;
        }
        fields("", object);
    }

    private void fields(String prefix, JsonNode object) {
        object.properties()
                .forEach(
                        field -> {
                            JsonNode value = field.getValue();
                            if (value.isObject()) {
                                fields(prefix + field.getKey() + ".", value);
                            } else if (!value.isNull() && !value.asText().isEmpty()) {
                                String text = value.asText();
                                String shown = text.contains("\n") ? "\n" + text : " " + text;
                                line(prefix + field.getKey() + ":" + shown);
                            }
                        });
    }

    /** Prints the items of an answer as a table; a column is a path below an item. */
    void table(JsonNode answer, String... columns) {
        if (json) {
            out.println(answer.toPrettyString());
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>();
        for (String column : columns) {
            head.add(
                    column.substring(column.lastIndexOf('/') + 1)
                            .toUpperCase(java.util.Locale.ROOT));
        }
        rows.add(head);
        for (JsonNode item : answer.path("items")) {
            List<String> row = new ArrayList<>();
            for (String column : columns) {
                String text = item.at("/" + column).asText("");
                row.add(text.isEmpty() || text.equals("null") ? "-" : text);
            }
            rows.add(row);
        }
        List<Integer> widths = new ArrayList<>(Collections.nCopies(columns.length, 0));
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths.set(i, Math.max(widths.get(i), row.get(i).length()));
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                line.append(row.get(i));
                line.append(" ".repeat(widths.get(i) - row.get(i).length() + 2));
            }
            line(line.toString().stripTrailing());
        }
    }

    void line(String text) {
        out.println(plain(text));
    }

    /**
     * A text without what a terminal would obey: names and errors of jobs are written by others.
     */
    static String plain(String text) {
        return text.replaceAll("[\\p{Cc}&&[^\n\t]]", "?");
    }
}
