// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.graft;

import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.base.Trees;
import com.pinterest.flink.overlay.source.OverlayIndex;
import com.pinterest.flink.overlay.source.OverlayIndex.Action;
import com.pinterest.flink.overlay.source.OverlayIndex.Change;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * The content of the overlay modules' jars: changed entries of upstream's jars, and own classes
 * with the jars of the distribution that they are added to, their homes.
 *
 * <p>The manifest attribute {@value #HOME_ATTRIBUTE} names the homes of a module's own classes:
 * globs of file names, separated by blanks. Each must match at least one jar or nested jar of the
 * tree.
 */
public final class Overlay {

    static final String HOME_ATTRIBUTE = "Overlay-Home";

    /**
     * A changed entry. Do not compare records, only their bytes.
     *
     * @param content the new bytes; null if the entry is dropped
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Entry(String module, Change change, byte[] content) {}

    /** The own classes and resources of one overlay module. */
    record Own(String module, List<String> homes, SortedMap<String, byte[]> entries) {}

    private final SortedMap<String, Entry> changes = new TreeMap<>();
    private final List<Own> own = new java.util.ArrayList<>();

    private Overlay() {}

    public static Overlay load(List<Path> jars) throws IOException {
        Overlay overlay = new Overlay();
        for (Path jar : jars) {
            try (JarFile file = new JarFile(jar.toFile())) {
                String homes =
                        file.getManifest() == null
                                ? null
                                : file.getManifest()
                                        .getMainAttributes()
                                        .getValue(new Attributes.Name(HOME_ATTRIBUTE));
                overlay.add(jar.getFileName().toString(), contents(file), homes);
            }
        }
        return overlay;
    }

    /**
     * Loads the overlay modules on a class path: jars, or directories if the modules are not
     * packaged yet.
     *
     * @param home the file name of the only jar that receives the own classes, or empty for none
     */
    static Overlay onClassPath(List<Path> classPath, Optional<String> home) throws IOException {
        Overlay overlay = new Overlay();
        for (Path element : classPath) {
            Map<String, byte[]> contents = new HashMap<>();
            if (Files.isDirectory(element.resolve(OverlayIndex.DIRECTORY))) {
                for (Map.Entry<String, Path> file : Trees.files(element).entrySet()) {
                    contents.put(file.getKey(), Files.readAllBytes(file.getValue()));
                }
            } else if (Files.isRegularFile(element)) {
                try (JarFile file = new JarFile(element.toFile())) {
                    if (file.stream().anyMatch(entry -> isIndex(entry.getName()))) {
                        contents.putAll(contents(file));
                    }
                }
            }
            overlay.add(element.toString(), contents, home.orElse(""));
        }
        if (home.isEmpty()) {
            overlay.own.clear();
        }
        return overlay;
    }

    private static Map<String, byte[]> contents(JarFile jar) throws IOException {
        Map<String, byte[]> contents = new HashMap<>();
        for (JarEntry entry : jar.stream().toList()) {
            if (!entry.isDirectory()) {
                try (InputStream in = jar.getInputStream(entry)) {
                    contents.put(entry.getName(), in.readAllBytes());
                }
            }
        }
        return contents;
    }

    private void add(String name, Map<String, byte[]> contents, String homes) {
        SortedMap<String, byte[]> rest = new TreeMap<>(contents);
        rest.keySet().removeIf(entry -> entry.startsWith("META-INF/") && !isService(entry));
        contents.keySet().stream()
                .filter(entry -> entry.startsWith("META-INF/versions/"))
                .findFirst()
                .ifPresent(
                        entry -> {
                            throw new OverlayException(
                                    name
                                            + " holds "
                                            + entry
                                            + ": classes for newer Java versions cannot be grafted");
                        });
        for (Map.Entry<String, byte[]> content : contents.entrySet()) {
            String entry = content.getKey();
            if (!isIndex(entry)) {
                continue;
            }
            String module =
                    entry.substring(
                            OverlayIndex.DIRECTORY.length(),
                            entry.length() - OverlayIndex.SUFFIX.length());
            OverlayIndex index =
                    OverlayIndex.parse(
                            module, new String(content.getValue(), StandardCharsets.UTF_8));
            index.changes()
                    .forEach(
                            (changed, change) -> {
                                byte[] bytes = contents.get(changed);
                                if (bytes == null && change.action() != Action.DROP) {
                                    throw new OverlayException(
                                            name + " lists " + changed + " but does not hold it");
                                }
                                Entry other =
                                        changes.put(changed, new Entry(module, change, bytes));
                                if (other != null) {
                                    throw new OverlayException(
                                            name + " lists " + changed + ", as another jar does");
                                }
                                rest.remove(changed);
                            });
        }
        if (!rest.isEmpty()) {
            if (homes == null) {
                throw new OverlayException(
                        name
                                + " holds own classes ("
                                + rest.firstKey()
                                + ", ...) but its manifest has no "
                                + HOME_ATTRIBUTE);
            }
            own.add(new Own(name, List.of(homes.strip().split("\\s+", -1)), rest));
        }
    }

    private static boolean isIndex(String entry) {
        return entry.startsWith(OverlayIndex.DIRECTORY) && entry.endsWith(OverlayIndex.SUFFIX);
    }

    private static boolean isService(String entry) {
        return entry.startsWith("META-INF/services/") && !entry.endsWith("/");
    }

    /** Returns the changed entries by name, sorted. */
    SortedMap<String, Entry> changes() {
        return changes;
    }

    List<Own> own() {
        return own;
    }
}
