// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.source;

import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.base.Trees;
import com.pinterest.flink.overlay.patch.Patch;
import com.pinterest.flink.overlay.patch.PatchLint;
import com.pinterest.flink.overlay.patch.PatchSet;
import com.pinterest.flink.overlay.patch.Pins;
import com.pinterest.flink.overlay.patch.StrictPatcher;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The step that writes the patched sources and resources of upstream modules.
 *
 * <p>It extracts only the files that a series names: Java and Scala from the sources jar, anything
 * else from the binary jar, because upstream's build may generate resources. In a patched resource,
 * {@code @fork.version@} stands for the version of the distribution.
 *
 * <p>Nothing is written if a stamp of all inputs is unchanged since the last run. The upstream jars
 * are always compared with their pins.
 */
public final class SourceOverlay {

    private static final String VERSION_MARK = "@fork.version@";

    private final PatchSet patches;
    private final Pins pins;
    private final Path upstream;
    private final String forkVersion;

    /**
     * Creates the step.
     *
     * @param upstream the directory with {@code <module>.jar} and {@code <module>-sources.jar}
     * @param forkVersion the value of {@code @fork.version@}
     */
    public SourceOverlay(PatchSet patches, Path upstream, String forkVersion) throws IOException {
        this.patches = patches;
        this.pins = patches.pins();
        this.upstream = upstream;
        this.forkVersion = forkVersion;
    }

    /**
     * The output locations: patched sources, resources, the classes of Scala sources in the
     * directory of the module's own classes, and the stamp of the last run.
     */
    public record Target(Path sources, Path resources, Path classes, Path stamp) {
        /**
         * Returns the stamp of the classes of Scala sources, which depend on more than the patches.
         */
        Path scalaStamp() {
            return stamp.resolveSibling(stamp.getFileName() + "-scala");
        }
    }

    /**
     * Writes the patched files of the modules, and the classes of those written in Scala.
     *
     * @param compiler compiles the Scala files, and the Java files as a trial; uses the directories
     *     of sources and classes
     * @return false if the outputs were already up to date
     */
    public boolean apply(List<String> modules, Target target, PatchedSourceCompiler compiler)
            throws IOException {
        for (String module : modules) {
            pins.verify(module, "jar", binaryJar(upstream, module));
            pins.verify(module, "sources", sourcesJar(upstream, module));
        }
        ScalaClasses scala = new ScalaClasses(compiler, target.classes(), target.scalaStamp());
        String stamp = stamp(modules);
        if (Files.isRegularFile(target.stamp())
                && Files.readString(target.stamp()).equals(stamp)
                && Files.isDirectory(target.sources())
                && Files.isDirectory(target.resources())) {
            return scala.update(touched(modules, target));
        }
        List<String> findings = PatchLint.findings(patches.all());
        if (!findings.isEmpty()) {
            throw new OverlayException(
                    "patches break the rules:\n  " + String.join("\n  ", findings));
        }
        Files.deleteIfExists(target.stamp());
        Trees.delete(target.sources());
        Trees.delete(target.resources());
        Files.createDirectories(target.sources());
        Files.createDirectories(target.resources());

        for (String module : modules) {
            for (Map.Entry<String, List<Patch>> entry :
                    patches.series(module).byFile().entrySet()) {
                write(module, entry.getKey(), entry.getValue(), target);
            }
        }
        Map<Path, List<Patch>> touched = touched(modules, target);
        scala.update(touched);
        compiler.check(touched);
        Files.createDirectories(target.stamp().getParent());
        Files.writeString(target.stamp(), stamp);
        return true;
    }

    public static Path binaryJar(Path upstream, String module) {
        return upstream.resolve(module + ".jar");
    }

    public static Path sourcesJar(Path upstream, String module) {
        return upstream.resolve(module + "-sources.jar");
    }

    /** Returns the patches that change each file, by its output path. */
    private Map<Path, List<Patch>> touched(List<String> modules, Target target) throws IOException {
        Map<Path, List<Patch>> touched = new LinkedHashMap<>();
        for (String module : modules) {
            patches.series(module)
                    .byFile()
                    .forEach((path, touching) -> touched.put(file(path, target), touching));
        }
        return touched;
    }

    private static Path file(String path, Target target) {
        return (isSource(path) ? target.sources() : target.resources()).resolve(path);
    }

    private void write(String module, String path, List<Patch> touching, Target target)
            throws IOException {
        boolean source = isSource(path);
        List<String> lines = patched(upstream, module, path, touching);
        Map<String, String> relocations = pins.relocations(module);
        lines =
                lines.stream()
                        .map(
                                line ->
                                        source
                                                ? relocateImport(line, relocations)
                                                : line.replace(VERSION_MARK, forkVersion))
                        .toList();
        Path file = file(path, target);
        Files.createDirectories(file.getParent());
        Files.writeString(file, String.join("\n", lines) + "\n");
    }

    /** Returns the lines of one of upstream's files with its patches applied. */
    public static List<String> patched(
            Path upstream, String module, String path, List<Patch> touching) throws IOException {
        List<String> lines =
                lines(upstream, module, path)
                        .orElseThrow(
                                () ->
                                        new OverlayException(
                                                touching.get(0).name()
                                                        + ": "
                                                        + jarOf(upstream, module, path)
                                                                .getFileName()
                                                        + " does not contain "
                                                        + path));
        for (Patch patch : touching) {
            for (Patch.FileDiff diff : patch.diffs()) {
                if (diff.path().equals(path)) {
                    lines = StrictPatcher.apply(patch, diff, lines);
                }
            }
        }
        return lines;
    }

    /**
     * Returns the jar that contains the file: the sources jar for Java and Scala, otherwise the
     * binary jar.
     */
    private static Path jarOf(Path upstream, String module, String path) {
        return isSource(path) ? sourcesJar(upstream, module) : binaryJar(upstream, module);
    }

    /** Returns whether a file is compiled, and not a resource. */
    public static boolean isSource(String path) {
        return path.endsWith(".java") || isScala(path);
    }

    static boolean isScala(String path) {
        return path.endsWith(".scala");
    }

    /**
     * Returns the lines of a file as upstream published it, or empty if the module has no such
     * file.
     */
    public static Optional<List<String>> lines(Path upstream, String module, String path)
            throws IOException {
        try (ZipFile zip = new ZipFile(jarOf(upstream, module, path).toFile())) {
            ZipEntry entry = zip.getEntry(path);
            if (entry == null) {
                return Optional.empty();
            }
            try (InputStream in = zip.getInputStream(entry)) {
                return Optional.of(
                        new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
            }
        }
    }

    /**
     * Returns the line with an import of a relocated package replaced by the relocated one, as in
     * the published jar. In Scala, an import may be indented.
     */
    public static String relocateImport(String line, Map<String, String> relocations) {
        String indent = line.substring(0, line.length() - line.stripLeading().length());
        String text = line.substring(indent.length());
        for (Map.Entry<String, String> relocation : relocations.entrySet()) {
            for (String keyword : List.of("import ", "import static ")) {
                String start = keyword + relocation.getKey() + ".";
                if (text.startsWith(start)) {
                    return indent
                            + keyword
                            + relocation.getValue()
                            + "."
                            + text.substring(start.length());
                }
            }
        }
        return line;
    }

    private String stamp(List<String> modules) throws IOException {
        StringBuilder stamp = new StringBuilder("series " + patches.hash() + "\n");
        stamp.append("version ").append(forkVersion).append('\n');
        for (String module : modules) {
            stamp.append(module).append('\n');
        }
        return stamp.toString();
    }
}
