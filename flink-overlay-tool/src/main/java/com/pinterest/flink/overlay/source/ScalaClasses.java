// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.source;

import com.pinterest.flink.overlay.base.Trees;
import com.pinterest.flink.overlay.patch.Patch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The classes of patched Scala sources. They are written to the directory of the module's own
 * classes, where javac finds them.
 *
 * <p>They are kept until a source, the class path or the compiler changes. A stamp file records
 * this: its first line is the digest of these inputs, the others are the class files. The classes
 * of an earlier run are deleted before the next one.
 */
final class ScalaClasses {

    private final PatchedSourceCompiler compiler;
    private final Path classes;
    private final Path stamp;

    /**
     * Creates the classes.
     *
     * @param classes the directory of the module's classes
     * @param stamp the file with the inputs and outputs of the last run
     */
    ScalaClasses(PatchedSourceCompiler compiler, Path classes, Path stamp) {
        this.compiler = compiler;
        this.classes = classes;
        this.stamp = stamp;
    }

    /**
     * Compiles the classes unless they are up to date.
     *
     * @param touched the patched files, each with the patches that change it
     * @return whether classes were written or deleted
     */
    boolean update(Map<Path, List<Patch>> touched) throws IOException {
        List<Path> sources = PatchedSourceCompiler.scala(touched);
        List<String> last = Files.isRegularFile(stamp) ? Files.readAllLines(stamp) : List.of();
        if (sources.isEmpty() && last.isEmpty()) {
            return false;
        }
        String inputs = sources.isEmpty() ? "" : compiler.scalaInputs(touched);
        List<String> made = last.isEmpty() ? last : last.subList(1, last.size());
        if (!last.isEmpty() && last.get(0).equals(inputs) && made.stream().allMatch(this::exists)) {
            return false;
        }
        for (String file : made) {
            Files.deleteIfExists(classes.resolve(file));
        }
        Files.deleteIfExists(stamp);
        if (!sources.isEmpty()) {
            make(touched, inputs);
        }
        return true;
    }

    private boolean exists(String file) {
        return Files.isRegularFile(classes.resolve(file));
    }

    private void make(Map<Path, List<Patch>> touched, String inputs) throws IOException {
        Path made = Files.createTempDirectory("overlay-scala");
        try {
            compiler.compileScala(touched, made);
            List<String> lines = new ArrayList<>(List.of(inputs));
            lines.addAll(Trees.files(made).keySet());
            Files.createDirectories(stamp.getParent());
            // Before the classes: an interrupted run then leaves no class that the stamp does not
            // name.
            Files.write(stamp, lines);
            for (Map.Entry<String, Path> file : Trees.files(made).entrySet()) {
                Path target = classes.resolve(file.getKey());
                Files.createDirectories(target.getParent());
                Files.write(target, Files.readAllBytes(file.getValue()));
            }
        } finally {
            Trees.delete(made);
        }
    }
}
