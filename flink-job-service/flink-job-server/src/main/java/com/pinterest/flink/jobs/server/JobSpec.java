// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.pinterest.flink.jobs.protocol.JobKey;
import com.pinterest.flink.jobs.protocol.Retention;
import com.pinterest.flink.jobs.protocol.RunSpec;
import com.pinterest.flink.jobs.protocol.RunSpec.UpgradeMode;
import com.pinterest.flink.jobs.server.SpecException.Mistake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/**
 * The specification of a job: what a YAML file of a user says, checked.
 *
 * @param document the merged document with the artifact by its digest, as it is stored
 * @param jarUri what it says of its jar: a file of the user, or an artifact
 */
record JobSpec(JobKey key, String document, String jarUri, String targetKind, RunSpec run) {

    static final String API_VERSION = "flink-job-service/v1";

    private static final Pattern ARTIFACT =
            Pattern.compile("artifact://[^@]*@sha256:([0-9a-f]{64})");
    private static final Pattern REMOTE =
            Pattern.compile("[a-z][a-z0-9+.-]*://[^\\s#]+#sha256=([0-9a-f]{64})");
    private static final Pattern SECRET_KEY =
            Pattern.compile("(?i).*(password|passwd|secret|token|credential|access[.-]?key).*");

    /** The keys of each section; those of flinkConfiguration and of labels are the user's. */
    static final Map<String, Set<String>> KEYS =
            Map.of(
                    "",
                    Set.of("apiVersion", "kind", "metadata", "spec", "extends"),
                    "metadata",
                    Set.of("name", "namespace", "labels", "owner"),
                    "spec",
                    Set.of(
                            "flinkVersion",
                            "target",
                            "flinkConfiguration",
                            "job",
                            "restart",
                            "stability",
                            "savepoints"),
                    "target",
                    Set.of("kind", "cluster", "queue"),
                    "job",
                    Set.of(
                            "jarURI",
                            "entryClass",
                            "args",
                            "parallelism",
                            "upgradeMode",
                            "allowNonRestoredState"),
                    "restart",
                    Set.of("onFailed", "maxPerHour"),
                    "stability",
                    Set.of("checkpoints", "throughput", "timeout"),
                    "savepoints",
                    Set.of("dir", "maxCount", "maxAge"));

    private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,4})([smhd])");

    /** A file of a specification. */
    record File(String name, String text) {}

    /**
     * Reads a specification.
     *
     * @param files what the last one extends first; the last one is the job's own
     * @param artifacts the digests of local files, by what the specification calls them
     */
    static JobSpec read(List<File> files, Map<String, String> artifacts) throws SpecException {
        return read(files, Optional.of(artifacts));
    }

    /** Checks a specification whose files have not been uploaded yet. */
    static JobSpec check(List<File> files) throws SpecException {
        return read(files, Optional.empty());
    }

    private static JobSpec read(List<File> files, Optional<Map<String, String>> artifacts)
            throws SpecException {
        SpecNode merged = null;
        for (File file : files) {
            SpecNode node = SpecNode.parse(file.name(), file.text());
            merged = merged == null ? node : merged.with(node);
        }
        if (merged == null) {
            throw new SpecException(List.of(new Mistake("", 1, "there is no specification")));
        }
        return new Reader(merged, artifacts).read();
    }

    /** Reads one document and collects all its mistakes. */
    private static final class Reader {
        private final SpecNode root;
        private final Optional<Map<String, String>> artifacts;
        private final List<Mistake> mistakes = new ArrayList<>();

        Reader(SpecNode root, Optional<Map<String, String>> artifacts) {
            this.root = root;
            this.artifacts = artifacts;
        }

        JobSpec read() throws SpecException {
            Map<String, SpecNode> top = map(root, "");
            constant(top, root, "apiVersion", API_VERSION);
            constant(top, root, "kind", "FlinkJob");
            SpecNode metadata = required(top, root, "metadata");
            SpecNode spec = required(top, root, "spec");
            if (!mistakes.isEmpty()) {
                throw new SpecException(mistakes);
            }
            Map<String, SpecNode> names = map(metadata, "metadata");
            String name = name(names, metadata, "name", "");
            String namespace = name(names, metadata, "namespace", "default");
            if (names.containsKey("labels")) {
                texts(names.get("labels"));
            }
            scalar(names, "owner", "");
            RunSpec run = spec(spec);
            if (!mistakes.isEmpty()) {
                mistakes.sort(Comparator.comparing(Mistake::file).thenComparing(Mistake::line));
                throw new SpecException(mistakes);
            }
            String uri = spec.map().get("job").map().get("jarURI").scalar();
            SpecNode target = spec.map().get("target").map().get("kind");
            String kind = target == null ? ClusterRegistry.SESSION : target.scalar();
            return new JobSpec(
                    new JobKey(namespace, name), document(run.artifact()), uri, kind, run);
        }

        private RunSpec spec(SpecNode node) {
            Map<String, SpecNode> spec = map(node, "spec");
            scalar(spec, "flinkVersion", "");
            Map<String, SpecNode> target = section(spec, node, "target", true);
            String kind =
                    choice(
                            target,
                            "kind",
                            ClusterRegistry.SESSION,
                            List.of(ClusterRegistry.SESSION, ClusterRegistry.YARN));
            Map<String, String> configuration = configuration(spec.get("flinkConfiguration"));
            if (target.containsKey("queue")) {
                configuration.put("yarn.application.queue", scalar(target, "queue", ""));
                if (kind.equals(ClusterRegistry.SESSION)) {
                    add(target.get("queue"), "only target kind yarn-application has a queue");
                }
            }
            String cluster = text(target, spec.getOrDefault("target", node), "cluster");
            Map<String, SpecNode> job = section(spec, node, "job", true);
            Map<String, SpecNode> stability = section(spec, node, "stability", false);
            Map<String, SpecNode> restart = section(spec, node, "restart", false);
            Map<String, SpecNode> savepoints = section(spec, node, "savepoints", true);
            String onFailed =
                    choice(restart, "onFailed", "last-state", List.of("last-state", "never"));
            return new RunSpec(
                    cluster,
                    artifact(job, spec.getOrDefault("job", node)),
                    scalar(job, "entryClass", ""),
                    arguments(job),
                    number(job, "parallelism", 0),
                    configuration,
                    choice(job, "allowNonRestoredState", "false", List.of("true", "false"))
                            .equals("true"),
                    directory(savepoints, spec.getOrDefault("savepoints", node)),
                    UpgradeMode.valueOf(
                            choice(
                                            job,
                                            "upgradeMode",
                                            "savepoint",
                                            List.of("savepoint", "last-state", "stateless"))
                                    .replace('-', '_')
                                    .toUpperCase(Locale.ROOT)),
                    number(stability, "checkpoints", 2),
                    percent(stability, "throughput", 80),
                    duration(stability, "timeout", null),
                    onFailed.equals("never") ? 0 : number(restart, "maxPerHour", 3),
                    retention(savepoints));
        }

        private Retention retention(Map<String, SpecNode> savepoints) {
            Duration maxAge = duration(savepoints, "maxAge", Duration.ZERO);
            return new Retention(number(savepoints, "maxCount", 0), maxAge);
        }

        private String directory(Map<String, SpecNode> savepoints, SpecNode parent) {
            String dir = text(savepoints, parent, "dir");
            if (!dir.isEmpty() && !dir.matches("[a-z0-9]+:/.*")) {
                add(savepoints.get("dir"), "dir has to be a URL, such as file:///savepoints");
            }
            if (List.of(dir.split("/", -1)).contains("..")) {
                add(savepoints.get("dir"), "dir has to be without .. in it: " + dir);
            }
            return dir;
        }

        private String artifact(Map<String, SpecNode> job, SpecNode parent) {
            String uri = text(job, parent, "jarURI");
            Matcher matcher = ARTIFACT.matcher(uri);
            if (matcher.matches()) {
                return matcher.group(1);
            }
            if (RemoteArtifacts.isRemote(uri)) {
                Matcher remote = REMOTE.matcher(uri);
                if (remote.matches()) {
                    return remote.group(1);
                }
                add(
                        job.get("jarURI"),
                        "jarURI needs the digest of the jar: " + uri + "#sha256=...");
                return "";
            }
            if (artifacts.isEmpty()) {
                return "";
            }
            String digest = artifacts.get().get(uri);
            if (digest == null && !uri.isEmpty()) {
                add(
                        job.get("jarURI"),
                        "jarURI has to be a file beside the specification, which the client"
                                + " uploads, artifact://NAME@sha256:DIGEST, or an address"
                                + " such as https://... or s3://... with #sha256=DIGEST: "
                                + uri);
            }
            return digest == null ? "" : digest;
        }

        private List<String> arguments(Map<String, SpecNode> job) {
            SpecNode args = job.get("args");
            if (args == null) {
                return List.of();
            }
            if (args.list() == null) {
                add(args, "args has to be a list");
                return List.of();
            }
            List<String> texts = new ArrayList<>();
            for (SpecNode item : args.list()) {
                if (item.scalar() == null) {
                    add(item, "an argument has to be a text");
                } else {
                    texts.add(item.scalar());
                }
            }
            secretArguments(args.list());
            return texts;
        }

        /** As --password VALUE, --password=VALUE and password=VALUE. */
        private void secretArguments(List<SpecNode> items) {
            for (int i = 0; i < items.size(); i++) {
                String text = String.valueOf(items.get(i).scalar());
                int equals = text.indexOf('=');
                if (equals >= 0) {
                    requireNoSecret(
                            items.get(i), text.substring(0, equals), text.substring(equals));
                } else if (text.startsWith("-")
                        && i + 1 < items.size()
                        && items.get(i + 1).scalar() != null
                        && !items.get(i + 1).scalar().startsWith("-")) {
                    requireNoSecret(items.get(i + 1), text, items.get(i + 1).scalar());
                }
            }
        }

        /** What looks like a secret has to be a reference; a switch or a number is none. */
        private void requireNoSecret(SpecNode where, String key, String value) {
            if (SECRET_KEY.matcher(key).matches()
                    && !value.matches("=?(true|false|[0-9]+( ?[a-z]{1,4})?|)")
                    && !value.matches(Secrets.REFERENCE)) {
                add(
                        where,
                        key
                                + " looks like a secret: write it into a file of the service and"
                                + " refer to it as ${secret:NAME}");
            }
        }

        private Map<String, String> configuration(SpecNode node) {
            Map<String, String> flat = new TreeMap<>();
            if (node != null) {
                flatten("", node, flat);
            }
            return flat;
        }

        private void flatten(String prefix, SpecNode node, Map<String, String> flat) {
            if (node.map() != null) {
                node.map()
                        .forEach(
                                (key, value) ->
                                        flatten(
                                                prefix.isEmpty() ? key : prefix + "." + key,
                                                value,
                                                flat));
                return;
            }
            if (node.list() != null || prefix.isEmpty()) {
                add(node, (prefix.isEmpty() ? "flinkConfiguration" : prefix) + " cannot be a list");
                return;
            }
            if (prefix.startsWith("$internal.") || prefix.startsWith("pinterest.job.")) {
                add(node, prefix + " is set by the service");
            }
            requireNoSecret(node, prefix, node.scalar());
            if (flat.put(prefix, node.scalar()) != null) {
                add(node, prefix + " is there twice");
            }
        }

        /** The document as it is stored: merged, and the same file always gives the same text. */
        private String document(String digest) {
            Map<String, Object> plain = new LinkedHashMap<>();
            root.map().forEach((key, value) -> plain.put(key, value.plain()));
            plain.remove("extends");
            Map<String, Object> job = child(child(plain, "spec"), "job");
            String uri = String.valueOf(job.get("jarURI"));
            if (!ARTIFACT.matcher(uri).matches()) {
                String path = uri.replaceFirst("[?#].*", "");
                String file = path.substring(path.lastIndexOf('/') + 1).replace('@', '-');
                job.put("jarURI", "artifact://" + file + "@sha256:" + digest);
            }
            DumperOptions options = new DumperOptions();
            options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
            options.setWidth(1_000);
            return new Yaml(options).dump(plain);
        }

        @SuppressWarnings("unchecked") // Made by SpecNode.plain of what was checked to be a map.
        private static Map<String, Object> child(Map<String, Object> parent, String name) {
            return (Map<String, Object>) parent.get(name);
        }

        // -------------------------------------------------------------- parts

        private void add(SpecNode where, String message) {
            mistakes.add(new Mistake(where.file(), where.line(), message));
        }

        private Map<String, SpecNode> map(SpecNode node, String what) {
            Set<String> allowed = KEYS.get(what);
            if (node.map() == null) {
                add(node, (what.isEmpty() ? "the document" : what) + " has to be a map");
                return Map.of();
            }
            node.map()
                    .forEach(
                            (key, value) -> {
                                if (!allowed.contains(key)) {
                                    add(value, unknown(key, what, allowed));
                                }
                            });
            return node.map();
        }

        private static String unknown(String key, String what, Set<String> allowed) {
            String where = what.isEmpty() ? "" : " in " + what;
            return "unknown key \""
                    + key
                    + "\""
                    + where
                    + Names.nearest(key, allowed)
                            .map(name -> "; did you mean \"" + name + "\"?")
                            .orElse(
                                    "; known are "
                                            + String.join(
                                                    ", ", allowed.stream().sorted().toList()));
        }

        private Map<String, SpecNode> section(
                Map<String, SpecNode> parent, SpecNode where, String name, boolean required) {
            SpecNode node = required ? required(parent, where, name) : parent.get(name);
            return node == null ? Map.of() : map(node, name);
        }

        private SpecNode required(Map<String, SpecNode> parent, SpecNode where, String name) {
            SpecNode node = parent.get(name);
            if (node == null) {
                add(where, "\"" + name + "\" is missing");
            }
            return node;
        }

        private void constant(
                Map<String, SpecNode> parent, SpecNode where, String name, String value) {
            SpecNode node = required(parent, where, name);
            if (node != null && !value.equals(node.scalar())) {
                add(node, name + " has to be " + value);
            }
        }

        private String scalar(Map<String, SpecNode> parent, String name, String otherwise) {
            SpecNode node = parent.get(name);
            if (node == null) {
                return otherwise;
            }
            if (node.scalar() == null) {
                add(node, name + " has to be a text");
                return otherwise;
            }
            return node.scalar();
        }

        private String text(Map<String, SpecNode> parent, SpecNode where, String name) {
            if (required(parent, where, name) == null) {
                return "";
            }
            String text = scalar(parent, name, "");
            if (text.isEmpty()) {
                add(parent.get(name), name + " is empty");
            }
            return text;
        }

        private String name(
                Map<String, SpecNode> parent, SpecNode where, String name, String otherwise) {
            if (!otherwise.isEmpty() && !parent.containsKey(name)) {
                return otherwise;
            }
            String text = text(parent, where, name);
            if (!text.isEmpty() && !JobKey.isName(text)) {
                add(
                        parent.get(name),
                        name
                                + " must have 1 to 63 lower-case letters, digits and hyphens, and"
                                + " begin and end with a letter or digit: "
                                + text);
            }
            return text;
        }

        private int number(Map<String, SpecNode> parent, String name, int otherwise) {
            String text = scalar(parent, name, Integer.toString(otherwise));
            if (!text.matches("[0-9]{1,6}")) {
                add(parent.get(name), name + " has to be a number: " + text);
                return otherwise;
            }
            return Integer.parseInt(text);
        }

        private Duration duration(Map<String, SpecNode> parent, String name, Duration otherwise) {
            if (!parent.containsKey(name)) {
                return otherwise;
            }
            String text = scalar(parent, name, "");
            Matcher matcher = DURATION.matcher(text);
            if (!matcher.matches()) {
                add(
                        parent.get(name),
                        name
                                + " has to be seconds, minutes, hours or days, such as 30m, 12h or"
                                + " 7d: "
                                + text);
                return otherwise;
            }
            long number = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofDays(number);
            };
        }

        private int percent(Map<String, SpecNode> parent, String name, int otherwise) {
            String text = scalar(parent, name, otherwise + "%");
            if (!text.matches("[0-9]{1,3} ?%")) {
                add(parent.get(name), name + " has to be a percentage, such as 80%: " + text);
                return otherwise;
            }
            return Integer.parseInt(text.replaceAll("\\D", ""));
        }

        private String choice(
                Map<String, SpecNode> parent, String name, String otherwise, List<String> choices) {
            String text = scalar(parent, name, otherwise);
            if (!choices.contains(text)) {
                Optional<String> nearest = Names.nearest(text, choices);
                add(
                        parent.get(name),
                        name
                                + " has to be one of "
                                + String.join(", ", choices)
                                + ": "
                                + text
                                + nearest.map(near -> "; did you mean \"" + near + "\"?")
                                        .orElse(""));
                return otherwise;
            }
            return text;
        }

        private void texts(SpecNode node) {
            if (node.map() == null) {
                add(node, "labels has to be a map");
                return;
            }
            node.map()
                    .forEach(
                            (key, value) -> {
                                if (value.scalar() == null) {
                                    add(value, "label " + key + " has to be a text");
                                }
                            });
        }
    }
}
