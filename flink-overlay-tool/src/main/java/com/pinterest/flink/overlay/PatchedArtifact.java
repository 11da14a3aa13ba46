// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * Makes the patched form of one published artifact, for class paths other than a distribution's.
 *
 * <p>It is written as a directory of classes and not as a jar, because Maven takes the former where
 * another module of the build is tested before anything is packed.
 */
final class PatchedArtifact {

    private static final String NOTICE = "META-INF/NOTICE";
    private static final String REPORT = "META-INF/PATCHES.md";

    private final String module;
    private final Path upstream;
    private final Path patches;
    private final String forkVersion;
    private final Pins pins;

    /**
     * @param module the artifact id
     * @param upstream holds {@code <module>.jar} and {@code <module>-sources.jar}
     * @param patches the directory with upstream.properties and a directory a module
     */
    PatchedArtifact(String module, Path upstream, Path patches, String forkVersion)
            throws IOException {
        this.module = module;
        this.upstream = upstream;
        this.patches = patches;
        this.forkVersion = forkVersion;
        this.pins = Pins.load(patches.resolve("upstream.properties"));
    }

    /**
     * Writes the published jar with the overlay in it.
     *
     * @param classPath where the overlay modules are found
     * @param own whether their own classes go into this artifact, too
     * @param notice is put before the jar's own notice
     * @param classes the directory to write, emptied before
     * @return the entries changed in the jar and in the jars nested in it
     */
    Map<String, List<String>> writeClasses(
            List<Path> classPath, boolean own, Path notice, Path classes) throws IOException {
        String name = module + ".jar";
        Path published = SourceOverlay.binaryJar(upstream, module);
        pins.verify(module, "jar", published);
        Overlay overlay =
                Overlay.onClassPath(classPath, own ? Optional.of(name) : Optional.empty());
        requireOverlayOfTheModule(overlay);
        String hash = PatchSeries.hash(patches);
        Graft graft = new Graft(overlay, forkVersion, hash);
        byte[] jar = graft.apply(name, published);
        requireAllOfTheModule(overlay, graft.touched());
        Trees.delete(classes);
        unpack(jar, classes);
        Path file = classes.resolve(NOTICE);
        String theirs = Files.exists(file) ? "\n" + Files.readString(file).strip() + "\n" : "";
        Files.writeString(file, Files.readString(notice).strip() + "\n" + theirs);
        Files.writeString(
                classes.resolve(REPORT),
                PatchesReport.render(
                        forkVersion,
                        pins,
                        hash,
                        series(overlay, graft.touched()),
                        graft.touched()));
        fixModes(classes);
        return graft.touched();
    }

    private void requireOverlayOfTheModule(Overlay overlay) {
        if (PatchSeries.exists(patches, module)
                && overlay.changes().values().stream()
                        .noneMatch(change -> change.module().equals(module))) {
            throw new OverlayException(
                    "no overlay module on the class path carries the patches of " + module);
        }
    }

    private void requireAllOfTheModule(Overlay overlay, Map<String, List<String>> touched) {
        Set<String> placed = new HashSet<>();
        touched.values().forEach(placed::addAll);
        overlay.changes()
                .forEach(
                        (entry, change) -> {
                            if (change.module().equals(module) && !placed.contains(entry)) {
                                throw new OverlayException(
                                        module + " holds no " + entry + ", which is patched");
                            }
                        });
    }

    /** The series of the modules that the changed entries come from. */
    private List<PatchSeries> series(Overlay overlay, Map<String, List<String>> touched)
            throws IOException {
        Set<String> modules = new HashSet<>();
        for (List<String> entries : touched.values()) {
            for (String entry : entries) {
                if (overlay.changes().containsKey(entry)) {
                    modules.add(overlay.changes().get(entry).module());
                }
            }
        }
        return PatchSeries.loadAll(patches).stream()
                .filter(series -> modules.contains(series.module()))
                .toList();
    }

    private static void unpack(byte[] jar, Path directory) throws IOException {
        try (ZipFile file = Jars.open(jar)) {
            for (ZipArchiveEntry entry : Jars.entries(file)) {
                Path target = directory.resolve(entry.getName());
                if (!entry.isDirectory()) {
                    Files.createDirectories(target.getParent());
                    Files.write(target, Jars.read(file, entry));
                }
            }
        }
    }

    /** Whoever packs the directory may keep the modes, which the umask made. */
    private static void fixModes(Path directory) throws IOException {
        try (var paths = Files.walk(directory)) {
            for (Path path : paths.toList()) {
                String mode = Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--";
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
            }
        }
    }

    /** Writes the published sources jar with the module's patches in it. */
    void writeSources(Path target) throws IOException {
        Path published = SourceOverlay.sourcesJar(upstream, module);
        pins.verify(module, "sources", published);
        Map<String, byte[]> contents = new HashMap<>();
        if (PatchSeries.exists(patches, module)) {
            for (Map.Entry<String, List<Patch>> file :
                    PatchSeries.load(patches, module).byFile().entrySet()) {
                if (SourceOverlay.isJava(file.getKey())) {
                    List<String> lines =
                            SourceOverlay.patched(upstream, module, file.getKey(), file.getValue());
                    contents.put(
                            file.getKey(),
                            (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
                }
            }
        }
        try (ZipFile jar = Jars.open(published)) {
            Files.write(target, Graft.write(jar, Jars.entries(jar), contents, Set.of(), Map.of()));
        }
    }
}
