// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.source;

import com.pinterest.flink.overlay.base.Trees;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Compiles Scala source texts. */
public final class ScalaSources {

    private static final Map<List<Map<String, String>>, SortedMap<String, byte[]>> MADE =
            new ConcurrentHashMap<>();

    private ScalaSources() {}

    /** The jar of Scala's library. */
    public static Path library() {
        try {
            return Path.of(
                    scala.Option.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Returns the class files by their names in a jar. Equal texts are compiled once only, since
     * the compiler takes seconds to start.
     *
     * @param sources the texts by path, such as {@code org/apache/flink/demo/Greeter.scala}
     * @param java Java sources that those refer to, and the reverse
     */
    static SortedMap<String, byte[]> compile(Map<String, String> sources, Map<String, String> java)
            throws IOException {
        if (sources.isEmpty()) {
            return new TreeMap<>();
        }
        List<Map<String, String>> texts = List.of(Map.copyOf(sources), Map.copyOf(java));
        SortedMap<String, byte[]> made = MADE.get(texts);
        if (made == null) {
            made = make(sources, java);
            MADE.put(texts, made);
        }
        return made;
    }

    private static SortedMap<String, byte[]> make(
            Map<String, String> sources, Map<String, String> java) throws IOException {
        Path directory = Files.createTempDirectory("scala-sources");
        try {
            Path classes = Files.createDirectories(directory.resolve("classes"));
            List<CompilerError> errors =
                    ScalaCompiler.compile(
                            write(directory.resolve("scala"), sources),
                            write(directory.resolve("java"), java),
                            library().toString(),
                            classes);
            if (!errors.isEmpty()) {
                throw new IllegalArgumentException("does not compile: " + errors);
            }
            SortedMap<String, byte[]> made = new TreeMap<>();
            for (Map.Entry<String, Path> file : Trees.files(classes).entrySet()) {
                made.put(file.getKey(), Files.readAllBytes(file.getValue()));
            }
            return made;
        } finally {
            Trees.delete(directory);
        }
    }

    private static List<Path> write(Path directory, Map<String, String> texts) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Map.Entry<String, String> text : texts.entrySet()) {
            Path file = directory.resolve(text.getKey());
            Files.createDirectories(file.getParent());
            files.add(Files.writeString(file, text.getValue()));
        }
        return files;
    }
}
