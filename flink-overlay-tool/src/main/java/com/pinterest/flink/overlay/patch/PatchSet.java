// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.patch;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.pinterest.flink.overlay.base.Checksums;
import com.pinterest.flink.overlay.base.OverlayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The patches and pins for one line of upstream releases.
 *
 * <p>The base line has its series in {@code <module>} and its pins in {@code upstream.properties}.
 * Another line, such as 2.2, has its own pins in {@code upstream-2.2.properties}, and its own
 * series in {@code <module>/2.2} where it differs from the base line. This series may name patches
 * of the base line, as {@code ../x.patch}.
 *
 * @param directory the directory with the pins and one directory per module
 * @param line MAJOR.MINOR, or empty for the base line
 */
public record PatchSet(Path directory, String line) {

    public static PatchSet ofBaseLine(Path directory) {
        return new PatchSet(directory, "");
    }

    /** Returns the name of the pins file of a line. */
    public static String pinsFile(String line) {
        return line.isEmpty() ? "upstream.properties" : "upstream-" + line + ".properties";
    }

    public Pins pins() throws IOException {
        Path file = directory.resolve(pinsFile(line));
        if (!Files.isRegularFile(file)) {
            throw new OverlayException(
                    file + " does not exist: it pins the artifacts of the line " + line);
        }
        return Pins.load(file);
    }

    /** Returns the series of a module for the line. */
    public PatchSeries series(String module) throws IOException {
        return hasVariant(module)
                ? PatchSeries.loadVariant(directory, module, line)
                : PatchSeries.load(directory, module);
    }

    /** Returns whether the line has its own series for a module. */
    public boolean hasVariant(String module) {
        return !line.isEmpty() && Files.isRegularFile(variant(module).resolve("series"));
    }

    /**
     * Returns the directory for the own series of a module, for a line other than the base line. It
     * may not exist.
     */
    public Path variant(String module) {
        return directory.resolve(module).resolve(line);
    }

    /** Returns the lines other than the base line for which a module has its own series, sorted. */
    public static SortedSet<String> lines(Path directory) throws IOException {
        SortedSet<String> lines = new TreeSet<>();
        for (String module : PatchSeries.modules(directory)) {
            lines.addAll(PatchSeries.modules(directory.resolve(module)));
        }
        return lines;
    }

    /** Returns the series of all modules, sorted by module. */
    public List<PatchSeries> all() throws IOException {
        List<PatchSeries> all = new ArrayList<>();
        for (String module : PatchSeries.modules(directory)) {
            all.add(series(module));
        }
        return List.copyOf(all);
    }

    /**
     * Returns the SHA-256 of the names and bytes of all patches and of the pins, which identifies
     * the overlay.
     */
    public String hash() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (PatchSeries series : all()) {
            for (Patch patch : series.patches()) {
                lines.append(series.module()).append('/').append(patch.name()).append(' ');
                lines.append(Checksums.of("SHA-256", patch.file())).append('\n');
            }
        }
        lines.append(Checksums.of("SHA-256", directory.resolve(pinsFile(line))));
        return Checksums.sha256(lines.toString().getBytes(UTF_8));
    }
}
