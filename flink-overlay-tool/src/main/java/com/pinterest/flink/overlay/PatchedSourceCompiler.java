// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Tries whether patched sources compile and, where they do not, names the patches concerned.
 *
 * <p>The classes are thrown away: those that ship are made by the module's ordinary compilation,
 * together with its own sources.
 */
final class PatchedSourceCompiler {

    private static final int MOST_ERRORS = 20;

    private final String classPath;
    private final List<Path> sourcePath;

    /**
     * @param classPath upstream's binary jars and their dependencies
     * @param sourcePath the module's own sources and the patched ones, for references to them
     */
    PatchedSourceCompiler(String classPath, List<Path> sourcePath) {
        this.classPath = classPath;
        this.sourcePath = List.copyOf(sourcePath);
    }

    /**
     * Fails if a file does not compile; {@code touched} maps each file to the patches that changed
     * it.
     */
    void check(Map<Path, List<Patch>> touched) throws IOException {
        List<Path> sources =
                touched.keySet().stream()
                        .filter(file -> file.toString().endsWith(".java"))
                        .toList();
        if (sources.isEmpty()) {
            return;
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new OverlayException("no Java compiler: run the build on a JDK, not on a JRE");
        }
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        Path discarded = Files.createTempDirectory("overlay-classes");
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(diagnostics, Locale.ROOT, null)) {
            boolean compiled =
                    compiler.getTask(
                                    null,
                                    files,
                                    diagnostics,
                                    options(discarded),
                                    null,
                                    files.getJavaFileObjectsFromPaths(sources))
                            .call();
            if (!compiled) {
                throw new OverlayException(
                        "patched sources do not compile:\n"
                                + describe(diagnostics.getDiagnostics(), touched));
            }
        } finally {
            Trees.delete(discarded);
        }
    }

    private List<String> options(Path discarded) {
        String sources = sourcePath.stream().map(Path::toString).collect(Collectors.joining(":"));
        return List.of(
                "-source",
                "11",
                "-target",
                "11",
                "-proc:none",
                "-implicit:none",
                "-nowarn",
                "-Xlint:none",
                "-XDshould-stop.ifNoError=FLOW",
                "-d",
                discarded.toString(),
                "-classpath",
                classPath,
                "-sourcepath",
                sources);
    }

    private static Path absolute(Path file) {
        return file.toAbsolutePath().normalize();
    }

    private static String describe(
            List<Diagnostic<? extends JavaFileObject>> diagnostics,
            Map<Path, List<Patch>> touched) {
        List<String> lines = new ArrayList<>();
        for (Diagnostic<? extends JavaFileObject> diagnostic : diagnostics) {
            if (diagnostic.getKind() != Diagnostic.Kind.ERROR) {
                continue;
            }
            JavaFileObject source = diagnostic.getSource();
            Path file = source == null ? null : Path.of(source.toUri()).normalize();
            List<Patch> patches =
                    touched.entrySet().stream()
                            .filter(entry -> absolute(entry.getKey()).equals(file))
                            .flatMap(entry -> entry.getValue().stream())
                            .toList();
            lines.add(
                    String.format(
                            "  %s: %s:%d: %s",
                            patches.isEmpty()
                                    ? "(own source)"
                                    : patches.stream()
                                            .map(Patch::name)
                                            .collect(Collectors.joining(", ")),
                            file,
                            diagnostic.getLineNumber(),
                            diagnostic.getMessage(Locale.ROOT).replace("\n", "\n    ")));
        }
        int more = lines.size() - MOST_ERRORS;
        return String.join("\n", lines.subList(0, Math.min(lines.size(), MOST_ERRORS)))
                + (more > 0 ? "\n  ... and " + more + " more" : "");
    }
}
