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
 * The classes of patched Scala sources, among the module's own where javac then finds them.
 *
 * <p>They are kept until a source, the class path or the compiler changes. A stamp tells: its first
 * line is the digest of all that, the others are the class files. What an earlier run made goes
 * before the next one.
 */
final class ScalaClasses {

    private final PatchedSourceCompiler compiler;
    private final Path classes;
    private final Path stamp;

    /**
     * @param classes the directory of the module's classes
     * @param stamp the file that says what the last run made of what
     */
    ScalaClasses(PatchedSourceCompiler compiler, Path classes, Path stamp) {
        this.compiler = compiler;
        this.classes = classes;
        this.stamp = stamp;
    }

    /**
     * Makes the classes unless they are up to date; {@code touched} maps each patched file to the
     * patches that changed it.
     *
     * @return whether classes were made or deleted
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
            // Before the classes: a run that ends in between leaves none that no stamp names.
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
