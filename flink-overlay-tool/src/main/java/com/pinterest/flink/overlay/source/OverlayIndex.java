// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.source;

import com.pinterest.flink.overlay.base.OverlayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The list of changes that an overlay module makes in one upstream module. It is stored next to the
 * classes under {@link #DIRECTORY}, one line per entry: {@code <action> <entry> <family> <upstream
 * CRC> <patch,...>}.
 *
 * <p>The family of a class is the source file that it was compiled from; that of a resource is the
 * entry itself. A jar that contains one member of a family must get all of them.
 *
 * @param module the artifact id of the upstream module
 * @param changes by entry name, sorted
 */
public record OverlayIndex(String module, SortedMap<String, Change> changes) {

    public static final String DIRECTORY = "META-INF/pinterest-overlay/";
    public static final String SUFFIX = ".index";

    /** The change of an entry of the upstream jar. */
    public enum Action {
        /** The entry exists upstream and gets other bytes. */
        REPLACE,
        /** The entry is new and is added wherever its family is. */
        ADD,
        /** The entry exists upstream, but the patched source no longer produces it. */
        DROP
    }

    /**
     * The change of one entry.
     *
     * @param upstreamCrc CRC-32 of the bytes of the upstream entry; 0 for {@link Action#ADD}
     * @param patches the names of the patches that change the family
     */
    public record Change(Action action, String family, long upstreamCrc, List<String> patches) {}

    void write(Path classes) throws IOException {
        StringBuilder text = new StringBuilder();
        changes.forEach(
                (entry, change) ->
                        text.append(
                                String.format(
                                        "%s %s %s %08x %s\n",
                                        change.action(),
                                        entry,
                                        change.family(),
                                        change.upstreamCrc(),
                                        String.join(",", change.patches()))));
        Path file = classes.resolve(DIRECTORY + module + SUFFIX);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text.toString());
    }

    public static OverlayIndex parse(String module, String text) {
        TreeMap<String, Change> changes = new TreeMap<>();
        for (String line : text.lines().toList()) {
            String[] words = line.split(" ", -1);
            if (words.length != 5) {
                throw broken(module, line, null);
            }
            try {
                changes.put(
                        words[1],
                        new Change(
                                Action.valueOf(words[0]),
                                words[2],
                                Long.parseLong(words[3], 16),
                                List.of(words[4].split(",", -1))));
            } catch (IllegalArgumentException e) {
                throw broken(module, line, e);
            }
        }
        return new OverlayIndex(module, changes);
    }

    private static OverlayException broken(String module, String line, Throwable cause) {
        return new OverlayException("index of " + module + " has a broken line: " + line, cause);
    }
}
