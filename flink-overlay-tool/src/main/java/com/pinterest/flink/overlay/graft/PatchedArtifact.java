// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.graft;

import com.pinterest.flink.overlay.base.Jars;
import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.base.Trees;
import com.pinterest.flink.overlay.patch.Patch;
import com.pinterest.flink.overlay.patch.PatchSeries;
import com.pinterest.flink.overlay.patch.PatchSet;
import com.pinterest.flink.overlay.patch.Pins;
import com.pinterest.flink.overlay.source.SourceOverlay;
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
 * The patched form of one published artifact, for class paths other than a distribution's.
 *
 * <p>It is written as a directory of classes rather than a jar, because Maven uses the directory if
 * another module of the build is tested before packaging.
 */
public final class PatchedArtifact {

    private static final String REPORT = "META-INF/PATCHES.md";

    private final String module;
    private final Path upstream;
    private final PatchSet patches;
    private final String forkVersion;
    private final Pins pins;

    /**
     * Creates the patched form of an artifact.
     *
     * @param module the artifact id
     * @param upstream the directory with {@code <module>.jar} and {@code <module>-sources.jar}
     */
    public PatchedArtifact(String module, Path upstream, PatchSet patches, String forkVersion)
            throws IOException {
        this.module = module;
        this.upstream = upstream;
        this.patches = patches;
        this.forkVersion = forkVersion;
        this.pins = patches.pins();
    }

    /**
     * Writes the published jar with the overlay in it.
     *
     * @param classPath the class path with the overlay modules
     * @param own whether their own classes are added to this artifact
     * @param notice the text that is put before the jar's own notice
     * @param classes the output directory, which is emptied first
     * @return the changed entries in the jar and in the jars nested in it
     */
    public Map<String, List<String>> writeClasses(
            List<Path> classPath, boolean own, Path notice, Path classes) throws IOException {
        String name = module + ".jar";
        Path published = SourceOverlay.binaryJar(upstream, module);
        pins.verify(module, "jar", published);
        Overlay overlay =
                Overlay.onClassPath(classPath, own ? Optional.of(name) : Optional.empty());
        requireOverlayOfTheModule(overlay);
        String hash = patches.hash();
        Graft graft = new Graft(overlay, forkVersion, hash);
        byte[] jar = graft.apply(name, published);
        Trees.delete(classes);
        unpack(jar, classes);
        Path file = classes.resolve(LegalFiles.NOTICE);
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

    private boolean isPatched() throws IOException {
        return PatchSeries.modules(patches.directory()).contains(module);
    }

    private void requireOverlayOfTheModule(Overlay overlay) throws IOException {
        if (isPatched()
                && overlay.changes().values().stream()
                        .noneMatch(change -> change.module().equals(module))) {
            throw new OverlayException(
                    "no overlay module on the class path carries the patches of " + module);
        }
    }

    /** Returns the series of the modules that the changed entries belong to. */
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
        return patches.all().stream().filter(series -> modules.contains(series.module())).toList();
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

    /**
     * Sets fixed modes, because a jar of the directory may keep them, and they depend on the umask.
     */
    private static void fixModes(Path directory) throws IOException {
        try (var paths = Files.walk(directory)) {
            for (Path path : paths.toList()) {
                String mode = Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--";
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
            }
        }
    }

    /** Writes the published sources jar with the patches of the module applied. */
    public void writeSources(Path target) throws IOException {
        Path published = SourceOverlay.sourcesJar(upstream, module);
        pins.verify(module, "sources", published);
        Map<String, byte[]> contents = new HashMap<>();
        if (isPatched()) {
            for (Map.Entry<String, List<Patch>> file : patches.series(module).byFile().entrySet()) {
                if (SourceOverlay.isSource(file.getKey())) {
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
