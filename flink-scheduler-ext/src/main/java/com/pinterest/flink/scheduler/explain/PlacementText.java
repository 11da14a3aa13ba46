// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;

/** A {@link PlacementDocument} for readers: a line of the log, and a page. Stateless. */
public final class PlacementText {

    private static final int TASK_MANAGERS_IN_LINE = 50;
    private static final int NAME_LENGTH = 32;

    private PlacementText() {}

    /** The document in one line, without what only long jobs have. */
    public static String line(PlacementDocument document) {
        JsonNode root = document.root();
        if (root.hasNonNull("fallback")) {
            return "falls back to upstream's: " + root.path("fallback").asText();
        }
        JsonNode plan = root.path("plan");
        StringBuilder text = new StringBuilder();
        text.append(tasks(root))
                .append(" tasks on ")
                .append(root.path("task-managers").size())
                .append(" TaskManagers, mode ")
                .append(root.path("mode").asText())
                .append(", costs ")
                .append(root.path("costs").asText())
                .append(": ")
                .append(costs(root.path("placed")));
        if (root.hasNonNull("upstream")) {
            text.append("; upstream's: ").append(costs(root.path("upstream")));
        }
        text.append("; by ").append(origin(plan)).append(". ");
        List<String> taskManagers = new ArrayList<>();
        for (JsonNode taskManager : root.path("task-managers")) {
            if (taskManager.path("groups").isEmpty()) {
                continue;
            }
            taskManagers.add(
                    String.format(
                            "%s(%s/%s): %s",
                            taskManager.path("id").asText(),
                            taskManager.path("zone").asText(),
                            taskManager.path("rack").asText(),
                            String.join(" ", tasks(root, taskManager))));
        }
        int shown = Math.min(TASK_MANAGERS_IN_LINE, taskManagers.size());
        text.append(String.join("; ", taskManagers.subList(0, shown)));
        if (shown < taskManagers.size()) {
            text.append("; and ").append(taskManagers.size() - shown).append(" more");
        }
        return text.toString();
    }

    /** The document as a page of text. */
    public static String page(PlacementDocument document) {
        JsonNode root = document.root();
        StringBuilder text = new StringBuilder();
        append(text, "%s (%s)", root.path("job-name").asText(), root.path("job-id").asText());
        append(
                text,
                "placed at %s, scheduler %s, mode %s",
                root.path("time").asText(),
                root.path("scheduler").asText(),
                root.path("mode").asText());
        if (root.hasNonNull("fallback")) {
            append(text, "by upstream, as this failed: %s", root.path("fallback").asText());
            append(text, "fallbacks since the job started: %d", root.path("fallbacks").asInt());
            return text.toString();
        }
        append(
                text,
                "by %s, in %.1f ms; costs: %s",
                origin(root.path("plan")),
                document.number("plan", "planning-ms"),
                root.path("costs").asText());
        int kept = root.path("plan").path("kept-groups").asInt();
        if (kept > 0) {
            append(text, "%d groups of tasks kept their slots", kept);
        }
        int fallbacks = root.path("fallbacks").asInt();
        if (fallbacks > 0) {
            append(text, "fallbacks to upstream's placement before: %d", fallbacks);
        }
        append(text, "");
        append(text, "%-32s %12s %12s", "", "upstream's", "this");
        compare(text, document, "highest load of a TaskManager", "utilisation", 1, "%.3f");
        compare(text, document, "bytes across zones", "zones", 100, "%.1f %%");
        compare(text, document, "bytes across racks", "racks", 100, "%.1f %%");
        compare(text, document, "bytes across hosts", "hosts", 100, "%.1f %%");
        compare(text, document, "state to move, MB", "moved-state", 1e-6, "%.1f");
        append(text, "");
        int width = 12;
        for (JsonNode taskManager : root.path("task-managers")) {
            width = Math.max(width, taskManager.path("id").asText().length());
        }
        String row = "%-" + width + "s %-8s %-8s %6s  %s";
        append(text, row, "TaskManager", "zone", "rack", "load", "tasks");
        for (JsonNode taskManager : root.path("task-managers")) {
            append(
                    text,
                    row,
                    taskManager.path("id").asText(),
                    known(taskManager.path("zone")),
                    known(taskManager.path("rack")),
                    String.format(Locale.ROOT, "%.3f", taskManager.path("utilisation").asDouble()),
                    String.join(" ", tasks(root, taskManager)));
        }
        return text.toString();
    }

    private static void compare(
            StringBuilder text,
            PlacementDocument document,
            String title,
            String field,
            double factor,
            String format) {
        append(
                text,
                "%-32s %12s %12s",
                title,
                number(document.number("upstream", field) * factor, format),
                number(document.number("placed", field) * factor, format));
    }

    private static String number(double value, String format) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }

    private static String known(JsonNode name) {
        return name.asText().isEmpty() ? "-" : name.asText();
    }

    private static void append(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }

    private static int tasks(JsonNode root) {
        int tasks = 0;
        for (JsonNode vertex : root.path("vertices")) {
            tasks += vertex.path("parallelism").asInt();
        }
        return tasks;
    }

    private static String origin(JsonNode plan) {
        return String.format(
                "%s after %d steps%s",
                plan.path("origin").asText(),
                plan.path("steps").asLong(),
                plan.path("cut-short").asBoolean() ? ", cut short" : "");
    }

    private static String costs(JsonNode costs) {
        return String.format(
                Locale.ROOT,
                "utilisation %.3f, bytes across zones %.1f %%, racks %.1f %%, hosts %.1f %%,"
                        + " state moved %.0f",
                costs.path("utilisation").asDouble(),
                100 * costs.path("zones").asDouble(),
                100 * costs.path("racks").asDouble(),
                100 * costs.path("hosts").asDouble(),
                costs.path("moved-state").asDouble());
    }

    /** The tasks of a TaskManager by vertex, as in {@code map[0-3,7]}. */
    private static List<String> tasks(JsonNode root, JsonNode taskManager) {
        TreeMap<Integer, List<Integer>> subtasks = new TreeMap<>();
        for (JsonNode group : taskManager.path("groups")) {
            for (JsonNode task : group) {
                subtasks.computeIfAbsent(task.get(0).asInt(), vertex -> new ArrayList<>())
                        .add(task.get(1).asInt());
            }
        }
        List<String> texts = new ArrayList<>();
        for (Map.Entry<Integer, List<Integer>> entry : subtasks.entrySet()) {
            String name = root.path("vertices").path(entry.getKey()).path("name").asText();
            entry.getValue().sort(null);
            texts.add(
                    (name.length() > NAME_LENGTH ? name.substring(0, NAME_LENGTH) : name)
                            + ranges(entry.getValue()));
        }
        return texts;
    }

    /** As in {@code [0-3,7]}. */
    private static String ranges(List<Integer> indices) {
        StringBuilder text = new StringBuilder("[");
        int k = 0;
        while (k < indices.size()) {
            int end = k;
            while (end + 1 < indices.size() && indices.get(end + 1) == indices.get(end) + 1) {
                end++;
            }
            text.append(k == 0 ? "" : ",").append(indices.get(k));
            if (end > k) {
                text.append('-').append(indices.get(end));
            }
            k = end + 1;
        }
        return text.append(']').toString();
    }
}
