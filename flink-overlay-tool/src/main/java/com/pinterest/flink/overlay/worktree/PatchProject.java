// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.worktree;

import com.pinterest.flink.overlay.base.Checksums;
import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.patch.Patch;
import com.pinterest.flink.overlay.patch.PatchSeries;
import com.pinterest.flink.overlay.patch.PatchSet;
import com.pinterest.flink.overlay.patch.PatchText;
import com.pinterest.flink.overlay.patch.Pins;
import com.pinterest.flink.overlay.source.SourceOverlay;
import com.pinterest.flink.overlay.source.UpstreamArtifacts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The patches of this repository, the pinned release, and the scratch directory for work trees and
 * downloads.
 */
public final class PatchProject {

    private final Path root;
    private final UpstreamArtifacts artifacts;

    public PatchProject(Path root, UpstreamArtifacts artifacts) {
        this.root = root;
        this.artifacts = artifacts;
    }

    public Path root() {
        return root;
    }

    public UpstreamArtifacts artifacts() {
        return artifacts;
    }

    public Path patches() {
        return root.resolve("patches");
    }

    /** Returns the patches and pins of the base line. */
    public PatchSet patchSet() {
        return PatchSet.ofBaseLine(patches());
    }

    /**
     * Returns the directory for work trees and downloads. It is below {@code target}, so it may be
     * deleted at any time.
     */
    public Path scratch() {
        return root.resolve("target/patchctl");
    }

    /** Returns the directory for the artifacts of a release; it may not exist. */
    public Path upstream(String version) {
        return scratch().resolve("upstream").resolve(version);
    }

    public Pins pins() throws IOException {
        return patchSet().pins();
    }

    /** Returns the named modules, or all if none is named. Fails on a module without a series. */
    public List<String> modules(List<String> named) throws IOException {
        List<String> all = PatchSeries.modules(patches());
        for (String name : named) {
            if (!all.contains(name)) {
                throw new OverlayException(
                        "patches/" + name + " has no series; modules: " + String.join(", ", all));
            }
        }
        return named.isEmpty() ? all : named;
    }

    /** Fetches the artifacts of the pinned release, if necessary, and verifies their digests. */
    public Path pinnedUpstream(List<String> modules) throws IOException {
        Pins pins = pins();
        Path directory = upstream(pins.version());
        if (!arePinned(pins, directory, modules)) {
            SortedMap<String, String> absent = artifacts.fetch(pins.version(), modules, directory);
            if (!absent.isEmpty()) {
                throw new OverlayException("not published: " + String.join(", ", absent.values()));
            }
            verify(pins, directory, modules);
        }
        return directory;
    }

    private static boolean arePinned(Pins pins, Path directory, List<String> modules)
            throws IOException {
        for (String module : modules) {
            if (!Files.isRegularFile(SourceOverlay.binaryJar(directory, module))
                    || !Files.isRegularFile(SourceOverlay.sourcesJar(directory, module))) {
                return false;
            }
        }
        try {
            verify(pins, directory, modules);
            return true;
        } catch (OverlayException staleOrDamaged) {
            // Only a copy, which is fetched again from Maven's local repository.
            return false;
        }
    }

    private static void verify(Pins pins, Path directory, List<String> modules) throws IOException {
        for (String module : modules) {
            pins.verify(module, "jar", SourceOverlay.binaryJar(directory, module));
            pins.verify(module, "sources", SourceOverlay.sourcesJar(directory, module));
        }
    }

    /**
     * Returns the files that a series names, as a release contains them, without those that it
     * lacks.
     */
    public static SortedMap<String, List<String>> files(PatchSeries series, Path upstream)
            throws IOException {
        SortedMap<String, List<String>> files = new TreeMap<>();
        for (String path : series.byFile().keySet()) {
            SourceOverlay.lines(upstream, series.module(), path)
                    .ifPresent(lines -> files.put(path, lines));
        }
        return files;
    }

    /** Returns a fingerprint of the list and the patches of a series, to detect changes. */
    static String fingerprint(PatchSeries series) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (Patch patch : series.patches()) {
            lines.append(patch.name()).append(' ');
            lines.append(Checksums.of("SHA-256", patch.file())).append('\n');
        }
        return Checksums.sha256(lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Returns the texts of the patches that the commits of a repository make, by file name. The
     * header is that of the patch file; for a new patch, the body of the commit message.
     */
    public static Map<String, String> export(
            PatchRepository repository, PatchSeries series, String base) throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, String> commit : repository.patches(base, "HEAD").entrySet()) {
            String name = commit.getKey();
            String diff = repository.diff(commit.getValue());
            if (diff.isEmpty()) {
                throw new OverlayException(
                        name + " no longer changes anything: remove it from the series");
            }
            Path file =
                    series.patches().stream()
                            .filter(patch -> patch.name().equals(name))
                            .map(Patch::file)
                            .findFirst()
                            .orElse(null);
            String header =
                    file != null
                            ? PatchText.header(file)
                            : newHeader(repository, commit.getValue(), name);
            texts.put(name, PatchText.canonical(name, header, diff));
        }
        return texts;
    }

    private static String newHeader(PatchRepository repository, String commit, String name) {
        if (!name.matches("[a-z0-9-]+\\.patch")) {
            throw new OverlayException("not a valid patch name: " + name);
        }
        List<String> message =
                repository.git().run("log", "-1", "--format=%B", commit).lines().toList();
        List<String> header = new ArrayList<>();
        header.add("Subject: " + message.get(0));
        message.stream()
                .skip(1)
                .filter(line -> !line.isBlank() && !line.startsWith("Patch: "))
                .forEach(header::add);
        return String.join("\n", header);
    }

    /** Writes the texts of a module's patches for the base line. Returns the changed files. */
    public List<Path> writeBaseLine(String module, Map<String, String> texts) throws IOException {
        return write(patches().resolve(module), texts, Set.of());
    }

    /**
     * Writes the texts of a module's patches for another line. Returns the changed files. A patch
     * that is identical to that of the base line is not copied but shared.
     */
    public List<Path> writeLine(String module, String line, Map<String, String> texts)
            throws IOException {
        Path base = patches().resolve(module);
        Set<String> shared = new HashSet<>();
        for (String name : PatchSeries.names(base.resolve("series"))) {
            if (Files.readString(base.resolve(name)).equals(texts.get(name))) {
                shared.add(name);
            }
        }
        return write(new PatchSet(patches(), line).variant(module), texts, shared);
    }

    /**
     * Returns the texts of a module's patches for each other line that has its own series of it.
     */
    public SortedMap<String, Map<String, String>> lines(String module) throws IOException {
        SortedMap<String, Map<String, String>> lines = new TreeMap<>();
        for (String line : PatchSeries.modules(patches().resolve(module))) {
            Map<String, String> texts = new LinkedHashMap<>();
            for (Patch patch : new PatchSet(patches(), line).series(module).patches()) {
                texts.put(patch.name(), Files.readString(patch.file()));
            }
            lines.put(line, texts);
        }
        return lines;
    }

    /** Describes a file that was written or deleted. */
    public String describe(Path changed) {
        return (Files.exists(changed) ? "wrote " : "deleted ") + root.relativize(changed);
    }

    /** Writes these texts of patches, except the shared ones, and their series to a directory. */
    private static List<Path> write(Path directory, Map<String, String> texts, Set<String> shared)
            throws IOException {
        Files.createDirectories(directory);
        List<Path> changed = new ArrayList<>();
        try (var files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".patch")
                        && (!texts.containsKey(name) || shared.contains(name))) {
                    Files.delete(file);
                    changed.add(file);
                }
            }
        }
        List<String> entries = new ArrayList<>();
        for (Map.Entry<String, String> text : texts.entrySet()) {
            if (shared.contains(text.getKey())) {
                entries.add(PatchSeries.SHARED + text.getKey());
            } else {
                entries.add(text.getKey());
                writeIfChanged(directory.resolve(text.getKey()), text.getValue(), changed);
            }
        }
        Path series = directory.resolve("series");
        if (!Files.isRegularFile(series) || !PatchSeries.names(series).equals(entries)) {
            writeIfChanged(
                    series,
                    entries.stream().map(entry -> entry + "\n").collect(Collectors.joining()),
                    changed);
        }
        return changed;
    }

    private static void writeIfChanged(Path file, String text, List<Path> written)
            throws IOException {
        if (!Files.isRegularFile(file) || !Files.readString(file).equals(text)) {
            Files.writeString(file, text);
            written.add(file);
        }
    }
}
