// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.graft;

import com.pinterest.flink.overlay.base.Jars;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;

/**
 * The files that the licenses of the bundled software require: the license texts that the jars
 * contain under {@code META-INF/licenses}, and their notices.
 */
public final class LegalFiles {

    /** The entry of a jar that lists what it bundles. */
    static final String NOTICE = "META-INF/NOTICE";

    private static final String LICENSES = "META-INF/licenses/";

    private LegalFiles() {}

    /**
     * Writes {@code licenses/} and appends the notices of all jars to {@code NOTICE}, each text
     * once.
     *
     * @param tree the assembled tree with the distribution's own NOTICE
     */
    public static void collect(Path tree) throws IOException {
        SortedMap<String, byte[]> licenses = new TreeMap<>();
        Map<String, String> notices = new LinkedHashMap<>();
        Jars.visitAll(
                tree,
                (path, jar) -> {
                    for (ZipArchiveEntry entry : Jars.entries(jar)) {
                        String name = entry.getName();
                        if (name.startsWith(LICENSES) && !entry.isDirectory()) {
                            add(
                                    licenses,
                                    path,
                                    name.substring(LICENSES.length()),
                                    Jars.read(jar, entry));
                        } else if (name.equals(NOTICE)) {
                            String text =
                                    new String(Jars.read(jar, entry), StandardCharsets.UTF_8)
                                            .strip();
                            notices.merge(text, path, (before, more) -> before + ", " + more);
                        }
                    }
                });
        for (Map.Entry<String, byte[]> license : licenses.entrySet()) {
            Path file = tree.resolve("licenses").resolve(license.getKey());
            Files.createDirectories(file.getParent());
            Files.write(file, license.getValue());
        }
        StringBuilder all = new StringBuilder(Files.readString(tree.resolve("NOTICE")).strip());
        notices.forEach(
                (text, jars) ->
                        all.append("\n\n")
                                .append("-".repeat(80))
                                .append("\nNotices of ")
                                .append(jars)
                                .append("\n\n")
                                .append(text));
        Files.writeString(tree.resolve("NOTICE"), all.append('\n').toString());
    }

    /**
     * Adds a license text. If jars contain different texts under the same name, the name of the jar
     * is appended to further ones.
     */
    private static void add(
            SortedMap<String, byte[]> licenses, String jar, String name, byte[] text) {
        boolean known =
                licenses.entrySet().stream()
                        .anyMatch(
                                license ->
                                        license.getKey().startsWith(name)
                                                && Arrays.equals(license.getValue(), text));
        if (!known) {
            String jarName = jar.substring(jar.lastIndexOf('/') + 1).replaceAll("\\.jar$", "");
            licenses.put(licenses.containsKey(name) ? name + "-" + jarName : name, text);
        }
    }
}
