// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.graft;

import com.pinterest.flink.overlay.base.Checksums;
import com.pinterest.flink.overlay.base.JarBuilder;
import com.pinterest.flink.overlay.base.Trees;
import com.pinterest.flink.overlay.patch.PatchSet;
import com.pinterest.flink.overlay.source.UpstreamFixture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A small distribution that bundles a patched upstream module in a plain jar, in a nested jar and
 * in a jar nested in that one, together with the overlay's jar that the tool's own steps built.
 *
 * <p>The patches replace {@code Greeter}, {@code Greeter$Polite} and a resource, add {@code
 * Greeter$Warm} and drop {@code Greeter$Rude}.
 */
public final class DistributionFixture {

    static final String DIST_JAR = "lib/flink-dist-1.0.jar";
    static final String LOADER_JAR = "lib/flink-loader.jar";
    static final String UNRELATED_JAR = "lib/unrelated.jar";
    static final String NESTED_JAR = "flink-planner.jar";
    static final String DEEP_JAR = "deep/core.jar";

    static final String GREETER_SOURCE = "org/apache/flink/demo/Greeter.java";
    static final String GREETER = "org/apache/flink/demo/Greeter.class";
    static final String POLITE = "org/apache/flink/demo/Greeter$Polite.class";
    static final String RUDE = "org/apache/flink/demo/Greeter$Rude.class";
    static final String WARM = "org/apache/flink/demo/Greeter$Warm.class";
    static final String BYSTANDER = "org/apache/flink/demo/Bystander.class";
    static final String VERSION = "demo-version.properties";
    static final String OWN = "com/pinterest/flink/demo/Own.class";
    static final String OWN_SERVICE = "META-INF/services/java.lang.Runnable";

    /** Of Greeter, Polite and Warm in three jars, and the resource in one. */
    public static final int PATCHED_ENTRIES = 10;

    static final String UPSTREAM_GREETER =
            """
            package org.apache.flink.demo;

            /** Greets. */
            public class Greeter {

                public String greet(String name) {
                    return new Polite().word() + new Rude().word() + name;
                }

                private static final class Polite {
                    String word() {
                        return "Dear ";
                    }
                }

                private static final class Rude {
                    String word() {
                        return "Whatsyourname ";
                    }
                }
            }
            """;

    static final String PATCHED_GREETER =
            UPSTREAM_GREETER
                    .replace("Rude", "Warm")
                    .replace("Whatsyourname ", "friend ")
                    .replace("Dear ", "Dearest ");

    private static final String BYSTANDER_TEXT =
            """
            package org.apache.flink.demo;

            public final class Bystander {}
            """;

    private static final String OWN_TEXT =
            """
            package com.pinterest.flink.demo;

            public final class Own implements Runnable {
                @Override
                public void run() {}
            }
            """;

    private final UpstreamFixture upstream;
    private final SortedMap<String, byte[]> published;
    private final Path overlayJar;

    public DistributionFixture(Path root) throws IOException {
        this(upstream(root));
    }

    /** Builds the overlay of an upstream module that {@link #upstream(Path)} made. */
    public DistributionFixture(UpstreamFixture upstream) throws IOException {
        this.upstream = upstream;
        upstream.apply();
        upstream.compile();
        upstream.check();
        overlayJar =
                overlayJar(upstream.root().resolve("overlay.jar"), "flink-dist*.jar " + NESTED_JAR);
        published = JarBuilder.read(upstream.binaryJar());
        published.remove(JarBuilder.MANIFEST);
    }

    /** The upstream module with its patches, and the own class, before any step of the tool. */
    public static UpstreamFixture upstream(Path root) throws IOException {
        return new UpstreamFixture(root)
                .file(GREETER_SOURCE, UPSTREAM_GREETER)
                .file("org/apache/flink/demo/Bystander.java", BYSTANDER_TEXT)
                .file(VERSION, "name=demo\nversion=1.0\n")
                .publish()
                .patch("demo-greet-warmly.patch", GREETER_SOURCE, PATCHED_GREETER)
                .patch("demo-name-version.patch", VERSION, "name=demo\nversion=@fork.version@\n")
                .ownSource("com/pinterest/flink/demo/Own.java", OWN_TEXT);
    }

    public UpstreamFixture upstream() {
        return upstream;
    }

    public Path overlayJar() {
        return overlayJar;
    }

    /** Packs the overlay module's classes with another home of its own classes. */
    Path overlayJar(Path jar, String homes) throws IOException {
        JarBuilder builder = new JarBuilder().manifest(Overlay.HOME_ATTRIBUTE + ": " + homes);
        builder.entry(OWN_SERVICE, "com.pinterest.flink.demo.Own\n");
        for (Map.Entry<String, Path> file : Trees.files(upstream.classes()).entrySet()) {
            builder.entry(file.getKey(), Files.readAllBytes(file.getValue()));
        }
        return builder.write(jar);
    }

    Overlay overlay() throws IOException {
        return Overlay.load(List.of(overlayJar));
    }

    public String seriesHash() throws IOException {
        return PatchSet.ofBaseLine(upstream.patches()).hash();
    }

    Graft graft() throws IOException {
        return graft(overlay());
    }

    Graft graft(Overlay overlay) throws IOException {
        return new Graft(overlay, UpstreamFixture.FORK_VERSION, seriesHash());
    }

    /** The classes of the module as published, without what the caller leaves out. */
    SortedMap<String, byte[]> publishedClasses(String... without) {
        SortedMap<String, byte[]> classes = new TreeMap<>(published);
        classes.keySet().removeAll(Set.of(without));
        return classes;
    }

    byte[] published(String entry) {
        return published.get(entry);
    }

    /** Writes the distribution without the overlay. */
    public Path writeVanilla(Path tree) throws IOException {
        new JarBuilder()
                .manifest("Implementation-Title: dist")
                .entries(published)
                .entryWithExtendedTime("other.txt", "other")
                .write(tree.resolve(DIST_JAR));
        byte[] deep =
                new JarBuilder().manifest().entries(publishedClasses(VERSION, BYSTANDER)).bytes();
        byte[] nested =
                new JarBuilder()
                        .manifest()
                        .entries(publishedClasses(VERSION))
                        .entry(DEEP_JAR, deep)
                        .bytes();
        new JarBuilder().manifest().entry(NESTED_JAR, nested).write(tree.resolve(LOADER_JAR));
        new JarBuilder()
                .manifest()
                .entry(BYSTANDER, published.get(BYSTANDER))
                .write(tree.resolve(UNRELATED_JAR));
        Files.createDirectories(tree.resolve("bin"));
        Files.writeString(tree.resolve("bin/flink"), "#!/bin/sh\n", StandardCharsets.UTF_8);
        Files.writeString(tree.resolve("NOTICE"), "Demo\n", StandardCharsets.UTF_8);
        return tree;
    }

    /** Writes the distribution with the overlay in it. */
    public Path writeGrafted(Path tree) throws IOException {
        writeVanilla(tree);
        graft().apply(tree);
        return tree;
    }

    /** Writes a jar anew with some entries replaced or added, and others left out. */
    static void change(Path jar, Map<String, byte[]> changes, String... without)
            throws IOException {
        SortedMap<String, byte[]> contents = JarBuilder.read(jar);
        contents.keySet().removeIf(name -> name.contains("!/"));
        contents.keySet().removeAll(new HashSet<>(List.of(without)));
        contents.putAll(changes);
        new JarBuilder().entries(contents).write(jar);
    }

    /** The digests of all files of a tree. */
    public static SortedMap<String, String> digests(Path tree) throws IOException {
        SortedMap<String, String> digests = new TreeMap<>();
        for (Map.Entry<String, Path> file : Trees.files(tree).entrySet()) {
            digests.put(file.getKey(), Checksums.of("SHA-256", file.getValue()));
        }
        return digests;
    }
}
