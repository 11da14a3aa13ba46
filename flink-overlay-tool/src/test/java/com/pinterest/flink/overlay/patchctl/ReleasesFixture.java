// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.patchctl;

import static com.pinterest.flink.overlay.patch.PatchDirectory.MODULE;

import com.pinterest.flink.overlay.base.Checksums;
import com.pinterest.flink.overlay.base.Trees;
import com.pinterest.flink.overlay.source.OverlayModule;
import com.pinterest.flink.overlay.source.ScalaSources;
import com.pinterest.flink.overlay.source.UpstreamArtifacts;
import com.pinterest.flink.overlay.source.UpstreamFixture;
import com.pinterest.flink.overlay.worktree.PatchProject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A repository with patches for the release 1.0 of an upstream module, further releases of it, and
 * the command that works on them. The artifacts come from directories instead of Maven.
 */
public final class ReleasesFixture implements UpstreamArtifacts {

    static final String PINNED = "1.0";
    public static final String GREETER = "org/apache/flink/demo/Greeter.java";
    public static final String RESOURCE = "demo-version.properties";

    /** A class of 20 methods, so that there is room for changes apart from each other. */
    public static final String GREETER_TEXT = greeter("v");

    public static final String RESOURCE_TEXT = "name=demo\nversion=1.0\nscala=2\n\ncommit=abc\n";

    private final Path root;
    private final UpstreamFixture pinned;
    private String firstCommit = CommitSubjects.BASE;

    /** What a run of the command came to. */
    public record Outcome(int status, String output) {}

    public ReleasesFixture(Path root) throws IOException {
        this.root = root;
        pinned =
                new UpstreamFixture(root)
                        .file(GREETER, GREETER_TEXT)
                        .file(RESOURCE, RESOURCE_TEXT)
                        .publish();
    }

    static String greeter(String prefix) {
        StringBuilder text = new StringBuilder("package org.apache.flink.demo;\n\n");
        text.append("public class Greeter {\n");
        for (int i = 10; i < 30; i++) {
            text.append("    public String ").append(method(i)).append("() {\n");
            text.append("        return \"").append(prefix).append(i).append("\";\n    }\n\n");
        }
        return text.append("    // end\n}\n").toString();
    }

    private static String method(int i) {
        return "greet" + i;
    }

    /** The text with another value returned by the method of this number, 10 to 29. */
    public static String returning(String text, int method, String expression) {
        return text.replaceFirst(
                "(" + method(method) + "\\(\\) \\{\n        return )[^;]*;",
                "$1" + expression + ";");
    }

    public UpstreamFixture pinned() {
        return pinned;
    }

    /** Has {@code lint} look at the commits after this one. */
    ReleasesFixture checkCommitsAfter(String commit) {
        firstCommit = commit;
        return this;
    }

    Path root() {
        return root;
    }

    PatchProject project() {
        return new PatchProject(root, this);
    }

    public Path series() {
        return root.resolve("patches").resolve(MODULE);
    }

    public Path workTree() {
        return root.resolve("target/patchctl").resolve(MODULE);
    }

    public Path rebaseTree(String version) {
        return root.resolve("target/patchctl/rebase").resolve(version).resolve(MODULE);
    }

    /** Publishes a release with these texts of the class and the resource. */
    public ReleasesFixture release(String version, String greeter, String resource)
            throws IOException {
        new UpstreamFixture(releases(version))
                .file(GREETER, greeter)
                .file(RESOURCE, resource)
                .publish();
        return this;
    }

    /** Publishes a release with these files. */
    public ReleasesFixture release(String version, Map<String, String> files) throws IOException {
        UpstreamFixture release = new UpstreamFixture(releases(version));
        files.forEach(release::file);
        release.publish();
        return this;
    }

    private Path releases(String version) {
        return version.equals(PINNED) ? root : root.resolve("releases").resolve(version);
    }

    /** Adds a module of the same content, with a copy of the series, to the pinned release only. */
    public ReleasesFixture otherPinnedModule(String module) throws IOException {
        Path copy = root.resolve("patches").resolve(module);
        Files.createDirectories(copy);
        for (Path file : Trees.files(series()).values()) {
            Files.copy(file, copy.resolve(file.getFileName()));
        }
        StringBuilder pins = new StringBuilder(Files.readString(pinned.pinsFile()));
        for (String kind : List.of("jar", "sources")) {
            String suffix = kind.equals("jar") ? ".jar" : "-sources.jar";
            Path jar = pinned.upstream().resolve(module + suffix);
            Files.copy(pinned.upstream().resolve(MODULE + suffix), jar);
            pins.append(module).append('.').append(kind).append(".sha256 = ");
            pins.append(Checksums.of("SHA-256", jar)).append('\n');
        }
        Files.writeString(pinned.pinsFile(), pins.toString());
        return this;
    }

    /** Takes over the digests that a run printed. */
    public void pin(String printed) throws IOException {
        Files.writeString(
                pinned.pinsFile(),
                printed.lines()
                        .filter(line -> line.matches("version = .*|\\S+\\.sha256 = .*"))
                        .map(line -> line + "\n")
                        .collect(Collectors.joining()));
    }

    /** All files of the patch directory by path, with their texts. */
    public SortedMap<String, String> patchFiles() throws IOException {
        SortedMap<String, String> texts = new TreeMap<>();
        for (Map.Entry<String, Path> file : Trees.files(root.resolve("patches")).entrySet()) {
            texts.put(file.getKey(), Files.readString(file.getValue()));
        }
        return texts;
    }

    public Outcome run(String... arguments) throws IOException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            CommitSubjects commits = new CommitSubjects(root, firstCommit);
            int status = new Patchctl(project(), commits, out).run(List.of(arguments));
            return new Outcome(status, printed.toString(StandardCharsets.UTF_8));
        }
    }

    @Override
    public SortedMap<String, String> fetch(String version, List<String> modules, Path directory)
            throws IOException {
        Path published = releases(version).resolve("upstream");
        Files.createDirectories(directory);
        SortedMap<String, String> absent = new TreeMap<>();
        for (String module : modules) {
            for (String file : List.of(module + ".jar", module + "-sources.jar")) {
                if (Files.exists(published.resolve(file))) {
                    Files.copy(
                            published.resolve(file),
                            directory.resolve(file),
                            StandardCopyOption.REPLACE_EXISTING);
                } else {
                    absent.put(module, "org.apache.flink:" + module + ":jar:" + version);
                }
            }
        }
        return absent;
    }

    @Override
    public String classPath(
            String version, List<OverlayModule> modules, List<String> without, Path directory) {
        return ScalaSources.library().toString();
    }
}
