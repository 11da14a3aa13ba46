// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ArrayNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A report on the types of a job or of some classes that go through Kryo, for terminals, logs and
 * programs. Not thread-safe.
 */
public final class FallbackReport {

    /** The maximum number of types in the log line. */
    private static final int LOGGED = 10;

    private final String subject;
    private final SerializerConfig config;

    /** The entries by path and type, so that a type that is used several times is listed once. */
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /**
     * Creates an empty report.
     *
     * @param subject the subject of the report, for example {@code job 'flights'}
     */
    public FallbackReport(String subject, SerializerConfig config) {
        this.subject = subject;
        this.config = config;
    }

    /**
     * Adds the parts of a type that go through Kryo.
     *
     * @param user the user of the type, for example an operator
     */
    public void add(String user, TypeSerializer<?> serializer) {
        for (KryoFallback fallback : SerializerTree.fallbacks(serializer, config)) {
            entries.computeIfAbsent(fallback.toString(), key -> new Entry(fallback))
                    .users
                    .add(user);
        }
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    public List<KryoFallback> fallbacks() {
        return entries.values().stream().map(entry -> entry.fallback).collect(Collectors.toList());
    }

    // ------------------------------------------------------------------ forms

    /** Returns the report as one line. */
    public String toLogLine() {
        if (isEmpty()) {
            return headline() + ".";
        }
        String shown =
                entries.values().stream()
                        .limit(LOGGED)
                        .map(
                                entry ->
                                        String.format(
                                                "%s (%s; fix: %s%s)",
                                                entry.fallback,
                                                entry.fallback.reason(),
                                                entry.fallback.remedy(),
                                                entry.fallback
                                                        .cost()
                                                        .map(cost -> "; cost: " + cost)
                                                        .orElse("")))
                        .collect(Collectors.joining("; "));
        int more = entries.size() - LOGGED;
        return headline() + ": " + shown + (more > 0 ? "; and " + more + " more." : ".");
    }

    /** Returns the report as several lines for a terminal. */
    public String toText() {
        StringBuilder text = new StringBuilder(headline()).append('.').append('\n');
        for (Entry entry : entries.values()) {
            KryoFallback fallback = entry.fallback;
            text.append('\n').append(fallback).append('\n');
            line(text, "used by", String.join(", ", entry.users));
            line(text, "why", fallback.reason());
            line(text, "fix", fallback.remedy());
            line(
                    text,
                    "cost",
                    fallback.cost().map(KryoCost::toString).orElse("not measured for this type"));
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(String.format("  %-9s%s%n", name + ":", value));
    }

    /**
     * Returns the report as JSON: {@code {"subject", "fallbacks": [{"path", "type", "usedBy",
     * "reason", "remedy", "cost"}]}}. The cost is null if it is unknown.
     */
    public String toJson() {
        ObjectNode report = new ObjectMapper().createObjectNode();
        report.put("subject", subject);
        ArrayNode fallbacks = report.putArray("fallbacks");
        for (Entry entry : entries.values()) {
            ObjectNode fallback = fallbacks.addObject();
            fallback.put("path", entry.fallback.path());
            fallback.put("type", entry.fallback.type());
            ArrayNode users = fallback.putArray("usedBy");
            entry.users.forEach(users::add);
            fallback.put("reason", entry.fallback.reason());
            fallback.put("remedy", entry.fallback.remedy());
            fallback.putNull("cost");
            entry.fallback
                    .cost()
                    .ifPresent(
                            cost ->
                                    fallback.putObject("cost")
                                            .put("serialize", cost.serialize())
                                            .put("deserialize", cost.deserialize())
                                            .put("copy", cost.copy())
                                            .put("measured", cost.measured()));
        }
        return report.toPrettyString();
    }

    private String headline() {
        switch (entries.size()) {
            case 0:
                return "No type of " + subject + " goes through Kryo";
            case 1:
                return "1 type of " + subject + " goes through Kryo";
            default:
                return entries.size() + " types of " + subject + " go through Kryo";
        }
    }

    private static final class Entry {
        private final KryoFallback fallback;
        private final Set<String> users = new TreeSet<>();

        Entry(KryoFallback fallback) {
            this.fallback = fallback;
        }
    }
}
