// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.graft;

import com.pinterest.flink.overlay.graft.Assembly.Artifact;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bundled dependencies and modules that the NOTICE of a fat jar lists.
 *
 * <p>Upstream's published POMs do not name shaded artifacts, and its jars contain no Maven
 * descriptors. The NOTICE, which upstream's build compares with what it shades, is the only record.
 * It lists the coordinates of dependencies below a paragraph that names their license, and starts
 * the notice of each bundled module of Flink with the name of the module.
 *
 * @param dependencies in the order of the text; a dependency below two licenses is listed twice
 * @param modules the names of the modules, including that of the jar itself
 */
record BundledNotice(List<Dependency> dependencies, List<String> modules) {

    /**
     * A bundled dependency.
     *
     * @param license the paragraph above it, as one line
     */
    record Dependency(Artifact artifact, String license) {}

    private static final Pattern DEPENDENCY =
            Pattern.compile("\\s*- ([\\w.-]+):([\\w.-]+):([\\w.-]+)(?::([\\w.-]+))?(?: \\(.*\\))?");
    private static final Pattern MODULE = Pattern.compile("Flink : .+|flink-[a-z0-9-]+");

    static BundledNotice parse(String text) {
        List<Dependency> dependencies = new ArrayList<>();
        List<String> modules = new ArrayList<>();
        StringBuilder paragraph = new StringBuilder();
        boolean ended = false;
        String before = "";
        for (String line : text.lines().map(String::stripTrailing).toList()) {
            Matcher dependency = DEPENDENCY.matcher(line);
            if (dependency.matches()) {
                Artifact artifact =
                        new Artifact(
                                dependency.group(1),
                                dependency.group(2),
                                dependency.group(3),
                                dependency.group(4));
                dependencies.add(new Dependency(artifact, paragraph.toString()));
                ended = true;
            } else if (line.isEmpty()) {
                ended = true;
            } else {
                if (line.startsWith("Copyright ") && MODULE.matcher(before).matches()) {
                    modules.add(before);
                }
                if (ended) {
                    paragraph.setLength(0);
                    ended = false;
                }
                paragraph.append(paragraph.isEmpty() ? "" : " ").append(line.strip());
            }
            before = line;
        }
        return new BundledNotice(List.copyOf(dependencies), List.copyOf(modules));
    }
}
