// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.Yaml;

/** Prints what the service says: for people, or as it is. */
final class Output {

    private final PrintStream out;
    private final Format format;

    Output(PrintStream out, Format format) {
        this.out = out;
        this.format = format;
    }

    /** How answers are printed. */
    enum Format {
        TABLE,
        JSON,
        YAML
    }

    /** Whether answers are printed as they are, and nothing else is. */
    boolean isForPrograms() {
        return format != Format.TABLE;
    }

    private void asItIs(JsonNode answer) {
        if (format == Format.JSON) {
            out.println(answer.toPrettyString());
            return;
        }
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(FlowStyle.BLOCK);
        out.print(new Yaml(options).dump(new ObjectMapper().convertValue(answer, Object.class)));
    }

    /** Prints one object, a line for each of its fields. */
    void object(JsonNode object) {
        if (isForPrograms()) {
            asItIs(object);
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
        if (isForPrograms()) {
            asItIs(answer);
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
