// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.source;

import com.pinterest.flink.overlay.base.Jars;
import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.patch.Patch;
import com.pinterest.flink.overlay.patch.PatchSeries;
import com.pinterest.flink.overlay.source.OverlayIndex.Action;
import com.pinterest.flink.overlay.source.OverlayIndex.Change;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The comparison of the classes of patched sources with upstream's. It also writes the {@link
 * OverlayIndex}.
 *
 * <p>Callers that are not recompiled depend on signatures, inlined constants and serialized forms,
 * so these must equal upstream's. Added members are allowed, unless they change a computed
 * serialVersionUID or require a change of classes that are not recompiled: an abstract method
 * affects subclasses, an enum constant affects switches.
 */
public final class OverlayCheck {

    private static final String ENGINE = "org/apache/flink/";

    private final Path classes;
    private final Path upstream;
    private final Path sources;
    private final String classPath;
    private final List<String> findings = new ArrayList<>();

    /**
     * Creates the check.
     *
     * @param classes the module's compiled classes and resources
     * @param upstream the directory with {@code <module>.jar}
     * @param sources the patched sources, which determine the classes that are upstream's
     * @param classPath the class path for super types, to determine which classes are serializable
     */
    public OverlayCheck(Path classes, Path upstream, Path sources, String classPath) {
        this.classes = classes;
        this.upstream = upstream;
        this.sources = sources;
        this.classPath = classPath;
    }

    /**
     * Checks all classes in upstream's packages and writes an index for each module.
     *
     * @param listed the own classes that are allowed in upstream's packages, as entry names
     */
    public List<OverlayIndex> check(List<PatchSeries> series, Set<String> listed)
            throws IOException {
        Map<String, byte[]> produced = producedInEnginePackages();
        Set<String> explained = new HashSet<>(listed);
        List<OverlayIndex> indexes = new ArrayList<>();
        for (PatchSeries module : series) {
            OverlayIndex index = index(module, produced);
            explained.addAll(index.changes().keySet());
            indexes.add(index);
        }
        produced.keySet().stream()
                .filter(entry -> !explained.contains(topLevel(entry)) && !explained.contains(entry))
                .forEach(
                        entry ->
                                findings.add(
                                        entry
                                                + " stands in an upstream package, but no patch made it and"
                                                + " patches/upstream-packages.txt does not list it"));
        if (!findings.isEmpty()) {
            throw new OverlayException(
                    "classes differ from upstream's in what others link against:\n  "
                            + String.join("\n  ", findings));
        }
        for (OverlayIndex index : indexes) {
            index.write(classes);
        }
        return indexes;
    }

    private static String topLevel(String entry) {
        int dollar = entry.indexOf('$');
        return dollar < 0 ? entry : entry.substring(0, dollar) + ".class";
    }

    private OverlayIndex index(PatchSeries series, Map<String, byte[]> produced)
            throws IOException {
        Map<String, List<String>> patchesByFile = new LinkedHashMap<>();
        for (Patch patch : series.patches()) {
            for (Patch.FileDiff diff : patch.diffs()) {
                patchesByFile
                        .computeIfAbsent(diff.path(), ignored -> new ArrayList<>())
                        .add(patch.name());
            }
        }
        TreeMap<String, Change> changes = new TreeMap<>();
        Path jar = SourceOverlay.binaryJar(upstream, series.module());
        try (ZipFile original = new ZipFile(jar.toFile())) {
            for (Map.Entry<String, List<String>> entry : patchesByFile.entrySet()) {
                String family = entry.getKey();
                if (!SourceOverlay.isSource(family)) {
                    long crc = original.getEntry(family).getCrc();
                    changes.put(family, new Change(Action.REPLACE, family, crc, entry.getValue()));
                    continue;
                }
                Map<String, byte[]> before = family(family, readClasses(original, family));
                Map<String, byte[]> after = family(family, produced);
                if (after.isEmpty()) {
                    findings.add(sources.resolve(family) + " was not compiled");
                }
                before.forEach(
                        (name, bytes) -> {
                            Action action = after.containsKey(name) ? Action.REPLACE : Action.DROP;
                            long crc = original.getEntry(name).getCrc();
                            changes.put(name, new Change(action, family, crc, entry.getValue()));
                            String where = name + " (" + String.join(", ", entry.getValue()) + ")";
                            if (action == Action.REPLACE) {
                                compare(name, where + ": ", bytes, after.get(name));
                            } else if (ClassShape.of(bytes).linkable()) {
                                findings.add(where + " is gone");
                            }
                        });
                after.keySet().stream()
                        .filter(name -> !before.containsKey(name))
                        .forEach(
                                name ->
                                        changes.put(
                                                name,
                                                new Change(
                                                        Action.ADD, family, 0, entry.getValue())));
            }
        }
        return new OverlayIndex(series.module(), changes);
    }

    /** Returns the classes that were compiled from the source file at {@code path}. */
    private static Map<String, byte[]> family(String path, Map<String, byte[]> candidates) {
        int slash = path.lastIndexOf('/') + 1;
        String directory = path.substring(0, slash);
        String file = path.substring(slash);
        Map<String, byte[]> family = new TreeMap<>();
        candidates.forEach(
                (name, bytes) -> {
                    if (name.substring(0, name.lastIndexOf('/') + 1).equals(directory)
                            && file.equals(ClassShape.sourceFile(bytes))) {
                        family.put(name, bytes);
                    }
                });
        return family;
    }

    private void compare(String name, String where, byte[] before, byte[] after) {
        ClassShape old = ClassShape.of(before);
        ClassShape now = ClassShape.of(after);
        if (!old.header().equals(now.header())) {
            findings.add(
                    where + "header changed from [" + old.header() + "] to [" + now.header() + "]");
        }
        old.members()
                .forEach(
                        (member, shape) -> {
                            ClassShape.Member found = now.members().get(member);
                            if (!shape.equals(found)) {
                                findings.add(
                                        where
                                                + member
                                                + " changed from ["
                                                + shape
                                                + "] to ["
                                                + (found == null ? "gone" : found)
                                                + "]");
                            }
                        });
        now.members()
                .forEach(
                        (member, shape) -> {
                            if (!old.members().containsKey(member)) {
                                added(where + member, shape);
                            }
                        });
        if (old.serialVersionUid() != now.serialVersionUid() && isSerializable(name)) {
            findings.add(
                    where
                            + "its serialVersionUID changed; declare upstream's value "
                            + old.serialVersionUid()
                            + "L");
        }
    }

    private void added(String member, ClassShape.Member shape) {
        if (shape.isAbstract()) {
            findings.add(
                    member
                            + " is a new abstract method, which subclasses that are not recompiled"
                            + " lack; give it a body");
        } else if (shape.isEnumConstant()) {
            findings.add(
                    member
                            + " is a new enum constant, which switches that are not recompiled do"
                            + " not know; keep it out of upstream's enum");
        }
    }

    private boolean isSerializable(String entry) {
        String className = entry.substring(0, entry.length() - ".class".length()).replace('/', '.');
        try (URLClassLoader loader = new URLClassLoader(urls(), getClass().getClassLoader())) {
            return Serializable.class.isAssignableFrom(Class.forName(className, false, loader));
        } catch (ClassNotFoundException | LinkageError | IOException e) {
            throw new OverlayException("cannot tell whether " + className + " is serializable", e);
        }
    }

    private URL[] urls() {
        return Jars.onClassPath(classPath).stream()
                .map(
                        element -> {
                            try {
                                return element.toUri().toURL();
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        })
                .toArray(URL[]::new);
    }

    private Map<String, byte[]> producedInEnginePackages() throws IOException {
        Map<String, byte[]> produced = new TreeMap<>();
        if (!Files.isDirectory(classes)) {
            return produced;
        }
        try (var files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String entry = classes.relativize(file).toString().replace('\\', '/');
                if (entry.startsWith(ENGINE) && entry.endsWith(".class")) {
                    produced.put(entry, Files.readAllBytes(file));
                }
            }
        }
        return produced;
    }

    /** Returns the classes of the jar in the same directory as {@code path}. */
    private static Map<String, byte[]> readClasses(ZipFile jar, String path) throws IOException {
        String directory = path.substring(0, path.lastIndexOf('/') + 1);
        Map<String, byte[]> found = new TreeMap<>();
        for (ZipEntry entry : jar.stream().map(ZipEntry.class::cast).toList()) {
            String name = entry.getName();
            if (name.startsWith(directory)
                    && name.indexOf('/', directory.length()) < 0
                    && name.endsWith(".class")) {
                try (InputStream in = jar.getInputStream(entry)) {
                    found.put(name, in.readAllBytes());
                }
            }
        }
        return found;
    }
}
