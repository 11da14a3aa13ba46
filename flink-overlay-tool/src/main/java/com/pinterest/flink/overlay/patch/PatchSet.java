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
 * The patches and pins for one line of upstream's releases.
 *
 * <p>The base line has its series in {@code <module>} and its pins in {@code upstream.properties}.
 * Another line, such as 2.2, has pins of its own in {@code upstream-2.2.properties}, and a series
 * of its own in {@code <module>/2.2} where it differs from the base line's; there it may name the
 * base line's patches among its own, as {@code ../x.patch}.
 *
 * @param directory the directory with the pins and a directory a module
 * @param line MAJOR.MINOR, or empty for the base line
 */
public record PatchSet(Path directory, String line) {

    public static PatchSet ofBaseLine(Path directory) {
        return new PatchSet(directory, "");
    }

    /** The pins file of a line. */
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

    /** The series of a module that counts for the line. */
    public PatchSeries series(String module) throws IOException {
        return hasVariant(module)
                ? PatchSeries.loadVariant(directory, module, line)
                : PatchSeries.load(directory, module);
    }

    /** Whether the line has a series of its own for a module. */
    public boolean hasVariant(String module) {
        return !line.isEmpty() && Files.isRegularFile(variant(module).resolve("series"));
    }

    /** Where a line that is not the base line has, or would have, its own series of a module. */
    public Path variant(String module) {
        return directory.resolve(module).resolve(line);
    }

    /** The lines other than the base line that some module has a series of its own for, sorted. */
    public static SortedSet<String> lines(Path directory) throws IOException {
        SortedSet<String> lines = new TreeSet<>();
        for (String module : PatchSeries.modules(directory)) {
            lines.addAll(PatchSeries.modules(directory.resolve(module)));
        }
        return lines;
    }

    /** The series of all modules, sorted by module. */
    public List<PatchSeries> all() throws IOException {
        List<PatchSeries> all = new ArrayList<>();
        for (String module : PatchSeries.modules(directory)) {
            all.add(series(module));
        }
        return List.copyOf(all);
    }

    /**
     * SHA-256 over the names and bytes of all patches and the pins: what the overlay is made of.
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
