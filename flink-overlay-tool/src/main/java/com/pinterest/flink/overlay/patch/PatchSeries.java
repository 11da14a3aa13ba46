// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.patch;

import com.pinterest.flink.overlay.base.OverlayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The patches of one upstream module, in the order of its {@code series} file.
 *
 * @param module the artifact id of the upstream module
 * @param patches the patches in the order in which they apply
 */
public record PatchSeries(String module, List<Patch> patches) {

    /** The prefix of an entry in a line's series that names a patch of the base line. */
    public static final String SHARED = "../";

    /**
     * Loads {@code <patches>/<module>/series}. Fails if a listed file does not exist, or a patch is
     * not listed.
     */
    public static PatchSeries load(Path patchesDirectory, String module) throws IOException {
        Path directory = patchesDirectory.resolve(module);
        return new PatchSeries(module, patches(directory, Optional.empty()));
    }

    /**
     * Loads {@code <patches>/<module>/<line>/series}, the series of a line other than the base
     * line. Its entries name patches in the same directory or, with the prefix {@value #SHARED},
     * patches of the base line's series.
     */
    static PatchSeries loadVariant(Path patchesDirectory, String module, String line)
            throws IOException {
        Path base = patchesDirectory.resolve(module);
        return new PatchSeries(module, patches(base.resolve(line), Optional.of(base)));
    }

    private static List<Patch> patches(Path directory, Optional<Path> base) throws IOException {
        Path series = directory.resolve("series");
        if (!Files.isRegularFile(series)) {
            throw new OverlayException(series + " does not exist: it lists the module's patches");
        }
        Set<String> names = new HashSet<>();
        Set<String> own = new HashSet<>();
        List<Patch> patches = new ArrayList<>();
        for (String entry : names(series)) {
            boolean shared = base.isPresent() && entry.startsWith(SHARED);
            String name = shared ? entry.substring(SHARED.length()) : entry;
            if (name.contains("/") || name.equals("..")) {
                throw new OverlayException(
                        series
                                + " names "
                                + entry
                                + ", which is not the name of a file next to it"
                                + (base.isPresent() ? ", nor " + SHARED + "NAME" : ""));
            }
            if (!names.add(name)) {
                throw new OverlayException(series + " names " + name + " twice");
            }
            if (shared) {
                requireListed(series, entry, base.orElseThrow(), name);
            } else {
                own.add(name);
            }
            Path file = (shared ? base.orElseThrow() : directory).resolve(name);
            if (!Files.isRegularFile(file)) {
                throw new OverlayException(series + " names " + entry + ", which does not exist");
            }
            patches.add(Patch.parse(file));
        }
        try (var files = Files.list(directory)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".patch") && !own.contains(name))
                    .findFirst()
                    .ifPresent(
                            name -> {
                                throw new OverlayException(
                                        directory.resolve(name) + " is not listed in " + series);
                            });
        }
        return List.copyOf(patches);
    }

    private static void requireListed(Path series, String entry, Path base, String name)
            throws IOException {
        Path listing = base.resolve("series");
        if (!names(listing).contains(name)) {
            throw new OverlayException(
                    String.format(
                            "%s names %s, but %s lists no %s: give the line a patch of its own, or"
                                    + " take the entry out",
                            series, entry, listing, name));
        }
    }

    /** Returns the entries of a {@code series} file. */
    public static List<String> names(Path series) throws IOException {
        return Files.readAllLines(series).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }

    /** Returns the patches that change each file of the module, in the order of the series. */
    public Map<String, List<Patch>> byFile() {
        Map<String, List<Patch>> byFile = new LinkedHashMap<>();
        for (Patch patch : patches) {
            for (Patch.FileDiff diff : patch.diffs()) {
                byFile.computeIfAbsent(diff.path(), ignored -> new ArrayList<>()).add(patch);
            }
        }
        return byFile;
    }

    /** Returns the number of added and removed lines of all patches. */
    public int changedLines() {
        return patches.stream().mapToInt(Patch::changedLines).sum();
    }

    /** Returns the names of all modules with a series, sorted. */
    public static List<String> modules(Path patchesDirectory) throws IOException {
        try (var entries = Files.list(patchesDirectory)) {
            return entries.filter(entry -> Files.isRegularFile(entry.resolve("series")))
                    .map(entry -> entry.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }
}
