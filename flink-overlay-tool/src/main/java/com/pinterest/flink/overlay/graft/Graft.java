// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.graft;

import com.pinterest.flink.overlay.base.Jars;
import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.source.OverlayIndex.Action;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * The step that puts the overlay into every jar of an assembled tree that contains a patched class
 * or resource, including nested jars.
 *
 * <p>The jars are found by entry name instead of by a list, because an unpatched copy in a
 * forgotten jar could be loaded instead. An entry is only replaced if its bytes are upstream's
 * published ones. A different copy (another version, a relocated build) is an error and never
 * overwritten. Unchanged entries are copied with their compressed bytes; new ones get a fixed time,
 * so equal inputs produce equal jars (in one default time zone, which the command line sets).
 */
public final class Graft {

    static final String VERSION_ATTRIBUTE = "Pinterest-Version";
    static final String SERIES_ATTRIBUTE = "Pinterest-Series-SHA-256";

    private static final String MANIFEST = "META-INF/MANIFEST.MF";
    private static final LocalDateTime ENTRY_TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

    private final Overlay overlay;
    private final String forkVersion;
    private final String seriesHash;
    private final Set<String> homesFound = new HashSet<>();
    private final Map<String, List<String>> touched = new TreeMap<>();

    public Graft(Overlay overlay, String forkVersion, String seriesHash) {
        this.overlay = overlay;
        this.forkVersion = forkVersion;
        this.seriesHash = seriesHash;
    }

    /** Rewrites the jars of the tree. Returns the changed entries by the path of their jar. */
    public Map<String, List<String>> apply(Path tree) throws IOException {
        for (var jar : Jars.in(tree).entrySet()) {
            byte[] rewritten;
            try (ZipFile file = Jars.open(jar.getValue())) {
                rewritten = rewrite(jar.getKey(), file);
            }
            if (rewritten != null) {
                // Not in place, because the file may be a hard link into another tree.
                Path temporary =
                        jar.getValue().resolveSibling(jar.getValue().getFileName() + ".new");
                Files.write(temporary, rewritten);
                Files.move(
                        temporary,
                        jar.getValue(),
                        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        }
        requireAllPlaced();
        return touched;
    }

    /**
     * Returns one jar with the overlay in it. Fails if it contains no patched entry.
     *
     * @param name the file name of the jar, which is compared with the homes of own classes
     */
    byte[] apply(String name, Path jar) throws IOException {
        byte[] rewritten;
        try (ZipFile file = Jars.open(jar)) {
            rewritten = rewrite(name, file);
        }
        if (rewritten == null) {
            throw new OverlayException(name + " contains nothing that the overlay patches");
        }
        return rewritten;
    }

    /** Returns the changed entries so far, by the path of their jar. */
    Map<String, List<String>> touched() {
        return touched;
    }

    private void requireAllPlaced() {
        Set<String> placed = new HashSet<>();
        touched.values().forEach(placed::addAll);
        overlay.changes()
                .forEach(
                        (entry, change) -> {
                            if (!placed.contains(entry)) {
                                throw new OverlayException(
                                        "no jar of the tree holds " + entry + ", which is patched");
                            }
                        });
        for (Overlay.Own own : overlay.own()) {
            for (String home : own.homes()) {
                if (!homesFound.contains(home)) {
                    throw new OverlayException(
                            own.module() + ": no jar of the tree matches its home " + home);
                }
            }
        }
    }

    /** Returns the jar with the overlay in it, or null if it does not change. */
    private byte[] rewrite(String path, ZipFile jar) throws IOException {
        List<ZipArchiveEntry> entries = Jars.entries(jar);
        Set<String> families = familiesIn(path, entries);
        Map<String, byte[]> contents = new HashMap<>();
        Set<String> dropped = new HashSet<>();
        List<String> changed = new ArrayList<>();
        Set<String> present = new HashSet<>();
        for (ZipArchiveEntry entry : entries) {
            present.add(entry.getName());
            if (Jars.isNestedJar(entry)) {
                try (ZipFile nested = Jars.open(Jars.read(jar, entry))) {
                    byte[] rewritten = rewrite(path + "!/" + entry.getName(), nested);
                    if (rewritten != null) {
                        contents.put(entry.getName(), rewritten);
                    }
                }
            }
        }
        Map<String, byte[]> added = new TreeMap<>();
        overlay.changes()
                .forEach(
                        (name, change) -> {
                            if (!families.contains(change.change().family())) {
                                return;
                            }
                            if (change.change().action() == Action.DROP) {
                                dropped.add(name);
                            } else if (present.contains(name)) {
                                contents.put(name, change.content());
                            } else if (change.change().action() == Action.ADD) {
                                added.put(name, change.content());
                            } else {
                                return;
                            }
                            changed.add(name);
                        });
        addOwn(path, present, added);
        changed.addAll(added.keySet().stream().filter(name -> !changed.contains(name)).toList());
        if (contents.isEmpty() && dropped.isEmpty() && added.isEmpty()) {
            return null;
        }
        if (!changed.isEmpty()) {
            touched.put(path, List.copyOf(changed));
        }
        ZipArchiveEntry manifest = jar.getEntry(MANIFEST);
        if (manifest != null) {
            contents.put(MANIFEST, stamp(Jars.read(jar, manifest)));
        }
        return write(jar, entries, contents, dropped, added);
    }

    private Set<String> familiesIn(String path, List<ZipArchiveEntry> entries) {
        Set<String> families = new LinkedHashSet<>();
        for (ZipArchiveEntry entry : entries) {
            Overlay.Entry change = overlay.changes().get(entry.getName());
            if (change == null) {
                continue;
            }
            if (change.change().action() == Action.ADD
                    || entry.getCrc() != change.change().upstreamCrc()) {
                throw new OverlayException(
                        path
                                + " holds "
                                + entry.getName()
                                + ", but not with the bytes of the pinned "
                                + change.module()
                                + ": another version, or a rebuilt copy, that the overlay was not"
                                + " made for");
            }
            families.add(change.change().family());
        }
        return families;
    }

    private void addOwn(String path, Set<String> present, Map<String, byte[]> added) {
        String fileName = path.substring(path.lastIndexOf('/') + 1);
        for (Overlay.Own own : overlay.own()) {
            List<String> matching =
                    own.homes().stream().filter(home -> matches(home, fileName)).toList();
            homesFound.addAll(matching);
            if (matching.isEmpty()) {
                continue;
            }
            own.entries()
                    .forEach(
                            (name, content) -> {
                                boolean taken = added.put(name, content) != null;
                                if (taken || present.contains(name)) {
                                    throw new OverlayException(
                                            path
                                                    + " holds "
                                                    + name
                                                    + " already, which "
                                                    + own.module()
                                                    + " brings");
                                }
                            });
        }
    }

    private static boolean matches(String glob, String fileName) {
        return FileSystems.getDefault().getPathMatcher("glob:" + glob).matches(Path.of(fileName));
    }

    private byte[] stamp(byte[] original) throws IOException {
        Manifest manifest = new Manifest(new ByteArrayInputStream(original));
        Attributes attributes = manifest.getMainAttributes();
        attributes.putIfAbsent(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue(VERSION_ATTRIBUTE, forkVersion);
        attributes.putValue(SERIES_ATTRIBUTE, seriesHash);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        manifest.write(out);
        return out.toByteArray();
    }

    /**
     * Writes a changed jar.
     *
     * @param contents the new bytes of changed entries
     * @param dropped the removed entries
     * @param added the new entries
     */
    static byte[] write(
            ZipFile jar,
            List<ZipArchiveEntry> entries,
            Map<String, byte[]> contents,
            Set<String> dropped,
            Map<String, byte[]> added)
            throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipArchiveOutputStream out = new ZipArchiveOutputStream((OutputStream) bytes)) {
            for (ZipArchiveEntry entry : entries) {
                if (dropped.contains(entry.getName())) {
                    continue;
                }
                byte[] content = contents.get(entry.getName());
                if (content == null) {
                    out.addRawArchiveEntry(entry, jar.getRawInputStream(entry));
                } else {
                    put(out, entry.getName(), entry.getMethod(), content);
                }
            }
            for (Map.Entry<String, byte[]> entry : added.entrySet()) {
                put(out, entry.getKey(), ZipArchiveEntry.DEFLATED, entry.getValue());
            }
        }
        return bytes.toByteArray();
    }

    private static void put(ZipArchiveOutputStream out, String name, int method, byte[] content)
            throws IOException {
        ZipArchiveEntry entry = new ZipArchiveEntry(name);
        entry.setTime(ENTRY_TIME.toInstant(ZoneOffset.UTC).toEpochMilli());
        entry.setMethod(method);
        entry.setSize(content.length);
        CRC32 crc = new CRC32();
        crc.update(content);
        entry.setCrc(crc.getValue());
        out.putArchiveEntry(entry);
        out.write(content);
        out.closeArchiveEntry();
    }

    /**
     * Fails if a jar of the tree contains a patched entry with other bytes than the overlay's, an
     * entry that the overlay dropped, or a patched entry under another path (relocated, or of a
     * multi-release jar).
     *
     * <p>This reads the finished tree and does not rely on the records of {@link #apply}.
     *
     * @return the number of patched entries in all jars
     */
    public static int verify(Path tree, Overlay overlay) throws IOException {
        List<String> findings = new ArrayList<>();
        int[] found = {0};
        Jars.visitAll(
                tree,
                (path, jar) -> {
                    for (ZipArchiveEntry entry : Jars.entries(jar)) {
                        Overlay.Entry change = overlay.changes().get(entry.getName());
                        String where = path + " holds " + entry.getName();
                        if (change == null) {
                            int engine = entry.getName().indexOf("/org/apache/flink/");
                            if (overlay.changes()
                                    .containsKey(entry.getName().substring(engine + 1))) {
                                findings.add(where + ", a moved copy of a patched class");
                            }
                        } else if (change.content() == null) {
                            findings.add(where + ", which the overlay dropped");
                        } else if (!java.util.Arrays.equals(
                                change.content(), Jars.read(jar, entry))) {
                            findings.add(where + " unpatched");
                        } else {
                            found[0]++;
                        }
                    }
                });
        if (!findings.isEmpty()) {
            throw new OverlayException(
                    "unpatched copies are left:\n  " + String.join("\n  ", findings));
        }
        return found[0];
    }
}
