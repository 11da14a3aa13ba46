// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.patch;

import com.pinterest.flink.overlay.base.OverlayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The patches of one upstream module, in the order that its {@code series} file names them.
 *
 * @param module the upstream module's artifact id
 * @param patches in the order in which they apply
 */
public record PatchSeries(String module, List<Patch> patches) {

    /**
     * Loads {@code <patches>/<module>/series}; fails on a listed file that is absent, or the
     * reverse.
     */
    public static PatchSeries load(Path patchesDirectory, String module) throws IOException {
        Path directory = patchesDirectory.resolve(module);
        Path series = directory.resolve("series");
        if (!Files.isRegularFile(series)) {
            throw new OverlayException(series + " does not exist: it lists the module's patches");
        }
        List<String> names = names(series);
        List<Patch> patches = new ArrayList<>();
        for (String name : names) {
            Path file = directory.resolve(name);
            if (!Files.isRegularFile(file)) {
                throw new OverlayException(series + " names " + name + ", which does not exist");
            }
            patches.add(Patch.parse(file));
        }
        try (var files = Files.list(directory)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".patch") && !names.contains(name))
                    .findFirst()
                    .ifPresent(
                            name -> {
                                throw new OverlayException(
                                        directory.resolve(name) + " is not listed in " + series);
                            });
        }
        return new PatchSeries(module, List.copyOf(patches));
    }

    /** The names in a {@code series} file. */
    public static List<String> names(Path series) throws IOException {
        return Files.readAllLines(series).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }

    /** The patches that touch each file of the module, in the order of the series. */
    public Map<String, List<Patch>> byFile() {
        Map<String, List<Patch>> byFile = new LinkedHashMap<>();
        for (Patch patch : patches) {
            for (Patch.FileDiff diff : patch.diffs()) {
                byFile.computeIfAbsent(diff.path(), ignored -> new ArrayList<>()).add(patch);
            }
        }
        return byFile;
    }

    /** Added plus removed lines of all patches. */
    public int changedLines() {
        return patches.stream().mapToInt(Patch::changedLines).sum();
    }

    /** The names of all modules with a series, sorted. */
    public static List<String> modules(Path patchesDirectory) throws IOException {
        try (var entries = Files.list(patchesDirectory)) {
            return entries.filter(entry -> Files.isRegularFile(entry.resolve("series")))
                    .map(entry -> entry.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }
}
