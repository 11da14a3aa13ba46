// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.graft;

import com.pinterest.flink.overlay.base.Jars;
import com.pinterest.flink.overlay.base.Trees;
import com.pinterest.flink.overlay.source.ClassShape;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.Manifest;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * A comparison of a patched tree with its vanilla twin, by file, jar, nested jar, entry and class
 * member. It finds the patch or module that explains each difference.
 */
public final class TreeDiff {

    /** Files that are only in the patched tree, with the reason. */
    private static final Map<String, String> ADDED_FILES =
            Map.of(
                    "PATCHES.md",
                    "generated list of the patches",
                    BillOfMaterials.FILE,
                    "generated bill of materials");

    private final Overlay overlay;
    private final PrintStream out;
    private final List<String> unexplained = new ArrayList<>();
    private final Map<String, Integer> counts = new LinkedHashMap<>();

    public TreeDiff(Overlay overlay, PrintStream out) {
        this.overlay = overlay;
        this.out = out;
    }

    /** Prints the differences and their counts, and returns those without an explanation. */
    public List<String> compare(Path vanilla, Path patched) throws IOException {
        SortedMap<String, Path> before = Trees.files(vanilla);
        SortedMap<String, Path> after = Trees.files(patched);
        for (String file : union(before.keySet(), after.keySet())) {
            Path old = before.get(file);
            Path now = after.get(file);
            if (old == null) {
                fileAdded(file);
            } else if (now == null) {
                unexplained(file + " is missing from the patched tree");
            } else if (Files.mismatch(old, now) >= 0) {
                if (file.endsWith(".jar")) {
                    try (ZipFile oldJar = Jars.open(old);
                            ZipFile newJar = Jars.open(now)) {
                        compareJars(file, oldJar, newJar);
                    }
                } else {
                    unexplained(file + " differs");
                }
            } else {
                count("files equal");
            }
        }
        out.println();
        counts.forEach((what, count) -> out.printf("%6d %s%n", count, what));
        out.printf("%6d unexplained%n", unexplained.size());
        return List.copyOf(unexplained);
    }

    private void fileAdded(String file) {
        String reason = ADDED_FILES.get(file);
        if (reason == null) {
            unexplained(file + " exists in the patched tree only");
        } else {
            out.println(file + " added: " + reason);
            count("files added");
        }
    }

    private void compareJars(String path, ZipFile before, ZipFile after) throws IOException {
        out.println(path);
        count(path.contains("!/") ? "nested jars that differ" : "jars that differ");
        SortedMap<String, ZipArchiveEntry> oldEntries = byName(before);
        SortedMap<String, ZipArchiveEntry> newEntries = byName(after);
        for (String name : union(oldEntries.keySet(), newEntries.keySet())) {
            ZipArchiveEntry old = oldEntries.get(name);
            ZipArchiveEntry now = newEntries.get(name);
            byte[] oldBytes = old == null ? null : Jars.read(before, old);
            byte[] newBytes = now == null ? null : Jars.read(after, now);
            if (Arrays.equals(oldBytes, newBytes)) {
                count("jar entries equal");
            } else if (oldBytes != null && newBytes != null && Jars.isNestedJar(now)) {
                try (ZipFile oldJar = Jars.open(oldBytes);
                        ZipFile newJar = Jars.open(newBytes)) {
                    compareJars(path + "!/" + name, oldJar, newJar);
                }
            } else {
                compareEntries(path, name, oldBytes, newBytes);
            }
        }
    }

    private void compareEntries(String path, String name, byte[] before, byte[] after)
            throws IOException {
        Overlay.Entry change = overlay.changes().get(name);
        if (change != null && Arrays.equals(change.content(), after)) {
            String action = before == null ? "added" : after == null ? "dropped" : "replaced";
            out.printf(
                    "  %s %s: %s (%s)%n",
                    name, action, String.join(", ", change.change().patches()), change.module());
            count("entries " + action + " by patches");
            if (before != null && after != null && name.endsWith(".class")) {
                members(before, after);
            }
        } else if (before == null && isOwn(name, after)) {
            out.printf("  %s added: own class%n", name);
            count("entries of own modules");
        } else if (name.equals("META-INF/MANIFEST.MF")
                && before != null
                && after != null
                && stampedOnly(before, after)) {
            count("manifests stamped with the version and the series");
        } else {
            unexplained(path + "!/" + name);
        }
    }

    private void members(byte[] before, byte[] after) {
        Map<String, ClassShape.Member> old = ClassShape.of(before).members();
        Map<String, ClassShape.Member> now = ClassShape.of(after).members();
        for (String member : union(old.keySet(), now.keySet())) {
            if (!Objects.equals(old.get(member), now.get(member))) {
                out.printf("    member %s: %s -> %s%n", member, old.get(member), now.get(member));
                count("members linkable from outside that differ");
            }
        }
    }

    private boolean isOwn(String name, byte[] content) {
        return overlay.own().stream()
                .anyMatch(own -> Arrays.equals(own.entries().get(name), content));
    }

    private static boolean stampedOnly(byte[] before, byte[] after) throws IOException {
        Manifest stamped = new Manifest(new ByteArrayInputStream(after));
        stamped.getMainAttributes()
                .keySet()
                .removeIf(
                        name ->
                                name.toString().equals(Graft.VERSION_ATTRIBUTE)
                                        || name.toString().equals(Graft.SERIES_ATTRIBUTE));
        return stamped.equals(new Manifest(new ByteArrayInputStream(before)));
    }

    private void unexplained(String what) {
        out.println("UNEXPLAINED " + what);
        unexplained.add(what);
    }

    private void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    private static SortedMap<String, ZipArchiveEntry> byName(ZipFile jar) {
        SortedMap<String, ZipArchiveEntry> entries = new TreeMap<>();
        Jars.entries(jar).forEach(entry -> entries.putIfAbsent(entry.getName(), entry));
        return entries;
    }

    private static SortedSet<String> union(
            java.util.Set<String> left, java.util.Set<String> right) {
        SortedSet<String> union = new TreeSet<>(left);
        union.addAll(right);
        return union;
    }
}
