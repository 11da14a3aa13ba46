// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.source;

import static com.pinterest.flink.overlay.patch.PatchDirectory.HEADER;
import static com.pinterest.flink.overlay.patch.PatchDirectory.MODULE;

import com.pinterest.flink.overlay.base.Checksums;
import com.pinterest.flink.overlay.base.JarBuilder;
import com.pinterest.flink.overlay.base.Trees;
import com.pinterest.flink.overlay.patch.PatchSeries;
import com.pinterest.flink.overlay.patch.PatchSet;
import com.pinterest.flink.overlay.patch.UnifiedDiff;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An upstream module as it is published, patches for it, and an overlay module that is built of
 * both, all below one directory.
 */
public final class UpstreamFixture {

    public static final String FORK_VERSION = "1.0-fork-7";

    private final Path root;
    private final SortedMap<String, String> published = new TreeMap<>();
    private final Map<String, String> relocations = new TreeMap<>();

    public UpstreamFixture(Path root) throws IOException {
        this.root = root;
        Files.createDirectories(patches().resolve(MODULE));
        Files.createDirectories(upstream());
        Files.createDirectories(ownSources());
        Files.createDirectories(classes());
        Files.createFile(patches().resolve(MODULE).resolve("series"));
        Files.createFile(patches().resolve("upstream-packages.txt"));
    }

    public Path root() {
        return root;
    }

    public Path patches() {
        return root.resolve("patches");
    }

    public Path upstream() {
        return root.resolve("upstream");
    }

    public Path binaryJar() {
        return upstream().resolve(MODULE + ".jar");
    }

    public Path sourcesJar() {
        return upstream().resolve(MODULE + "-sources.jar");
    }

    public Path ownSources() {
        return root.resolve("own");
    }

    public Path sources() {
        return root.resolve("target/sources");
    }

    public Path resources() {
        return root.resolve("target/resources");
    }

    public Path stamp() {
        return root.resolve("target/overlay/stamp");
    }

    public Path classes() {
        return root.resolve("target/classes");
    }

    public String classPath() {
        return String.join(
                File.pathSeparator,
                classes().toString(),
                binaryJar().toString(),
                ScalaSources.library().toString());
    }

    /** Adds a source or a resource of the upstream module. */
    public UpstreamFixture file(String path, String text) {
        published.put(path, text);
        return this;
    }

    /** Relocates a package in the published binaries, which leaves the published sources alone. */
    UpstreamFixture relocate(String from, String to) {
        relocations.put(from, to);
        return this;
    }

    /** Writes the binary jar, the sources jar and the pins of both. */
    public UpstreamFixture publish() throws IOException {
        SortedMap<String, String> relocated = new TreeMap<>();
        JarBuilder sources = new JarBuilder().manifest();
        JarBuilder binary = new JarBuilder().manifest();
        SortedMap<String, String> scala = new TreeMap<>();
        published.forEach(
                (path, text) -> {
                    if (SourceOverlay.isSource(path)) {
                        sources.entry(path, text);
                        (SourceOverlay.isScala(path) ? scala : relocated)
                                .put(path, relocated(text));
                    } else {
                        binary.entry(path, text);
                    }
                });
        // As upstream's own build does it: Scala first, which reads the Java sources.
        SortedMap<String, byte[]> scalaClasses = ScalaSources.compile(scala, relocated);
        Path scalaJar = new JarBuilder().entries(scalaClasses).write(root.resolve("scala.jar"));
        binary.entries(scalaClasses)
                .entries(JavaSources.compile(relocated, scalaJar, ScalaSources.library()))
                .write(binaryJar());
        sources.write(sourcesJar());
        pin();
        return this;
    }

    private String relocated(String text) {
        String result = text;
        for (Map.Entry<String, String> relocation : relocations.entrySet()) {
            result = result.replace(relocation.getKey() + ".", relocation.getValue() + ".");
        }
        return result;
    }

    private void pin() throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("version = 1.0");
        lines.add(MODULE + ".jar.sha256 = " + Checksums.of("SHA-256", binaryJar()));
        lines.add(MODULE + ".sources.sha256 = " + Checksums.of("SHA-256", sourcesJar()));
        relocations.forEach((from, to) -> lines.add(MODULE + ".relocate." + from + " = " + to));
        Files.write(pinsFile(), lines);
    }

    public Path pinsFile() {
        return patches().resolve("upstream.properties");
    }

    /** Writes a patch that makes {@code after} of a published file, and lists it. */
    public UpstreamFixture patch(String name, String path, String after) throws IOException {
        return patchText(name, HEADER + UnifiedDiff.between(path, published.get(path), after));
    }

    /** Writes a patch and lists it in the series unless it stands there already. */
    public UpstreamFixture patchText(String name, String text) throws IOException {
        Path directory = patches().resolve(MODULE);
        Files.writeString(directory.resolve(name), text);
        Path series = directory.resolve("series");
        if (!Files.readAllLines(series).contains(name)) {
            Files.writeString(series, name + "\n", StandardOpenOption.APPEND);
        }
        return this;
    }

    /** Applies the patches and tells whether there was anything to do. */
    public boolean apply() throws IOException {
        return new SourceOverlay(PatchSet.ofBaseLine(patches()), upstream(), FORK_VERSION)
                .apply(
                        List.of(MODULE),
                        new SourceOverlay.Target(sources(), resources(), classes(), stamp()),
                        new PatchedSourceCompiler(
                                classPath(), List.of(sources(), ownSources()), classes()));
    }

    /** Adds a source of the overlay module itself. */
    public UpstreamFixture ownSource(String path, String text) throws IOException {
        write(ownSources().resolve(path), text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** Builds the overlay module: patched and own sources, and the patched resources. */
    public void compile() throws IOException {
        SortedMap<String, String> sources = new TreeMap<>();
        for (Path directory : List.of(sources(), ownSources())) {
            for (Map.Entry<String, Path> file : Trees.files(directory).entrySet()) {
                if (file.getKey().endsWith(".java")) {
                    sources.put(file.getKey(), Files.readString(file.getValue()));
                }
            }
        }
        for (Map.Entry<String, byte[]> made :
                JavaSources.compile(sources, classes(), binaryJar(), ScalaSources.library())
                        .entrySet()) {
            write(classes().resolve(made.getKey()), made.getValue());
        }
        for (Map.Entry<String, Path> resource : Trees.files(resources()).entrySet()) {
            write(classes().resolve(resource.getKey()), Files.readAllBytes(resource.getValue()));
        }
    }

    private static void write(Path file, byte[] content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    /** Compares the built classes with upstream's and writes the index among them. */
    public OverlayIndex check(String... listed) throws IOException {
        return new OverlayCheck(classes(), upstream(), sources(), classPath())
                .check(List.of(PatchSeries.load(patches(), MODULE)), Set.of(listed))
                .get(0);
    }
}
