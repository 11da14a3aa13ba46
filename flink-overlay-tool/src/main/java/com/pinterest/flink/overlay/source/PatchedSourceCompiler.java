// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.source;

import com.pinterest.flink.overlay.base.Checksums;
import com.pinterest.flink.overlay.base.Jars;
import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.base.Trees;
import com.pinterest.flink.overlay.patch.Patch;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
 * A compiler of patched sources that names the patches of a source that does not compile.
 *
 * <p>Scala is compiled first, with the Java sources, patched and own, as input; javac then sees the
 * classes of Scala. The classes of Java sources are discarded: the shipped ones are made by the
 * ordinary compilation of the module, together with its own sources.
 */
public final class PatchedSourceCompiler {

    private static final int MOST_ERRORS = 20;

    private final String classPath;
    private final List<Path> sourcePath;
    private final Path scalaClasses;

    /**
     * Creates the compiler.
     *
     * @param classPath upstream's binary jars and their dependencies
     * @param sourcePath the own sources of the module and the patched ones, for references to them
     * @param scalaClasses the directory where javac finds the classes of Scala sources
     */
    public PatchedSourceCompiler(String classPath, List<Path> sourcePath, Path scalaClasses) {
        this.classPath = classPath;
        this.sourcePath = List.copyOf(sourcePath);
        this.scalaClasses = scalaClasses;
    }

    /** Returns the patched files that are written in Scala. */
    static List<Path> scala(Map<Path, List<Patch>> touched) {
        return touched.keySet().stream()
                .filter(file -> SourceOverlay.isScala(file.toString()))
                .sorted()
                .toList();
    }

    /** Returns a digest of everything that the classes of the Scala files depend on. */
    String scalaInputs(Map<Path, List<Patch>> touched) throws IOException {
        StringBuilder inputs = new StringBuilder(ScalaCompiler.identity()).append('\n');
        List<Path> files = new ArrayList<>(scala(touched));
        files.addAll(javaSources());
        for (Path element : Jars.onClassPath(scalaClassPath())) {
            if (Files.isDirectory(element)) {
                files.addAll(Trees.files(element).values());
            } else if (Files.isRegularFile(element)) {
                files.add(element);
            }
        }
        for (Path file : files) {
            inputs.append(Checksums.of("SHA-256", file)).append('\n');
        }
        return Checksums.sha256(inputs.toString().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Compiles the Scala files, if there are any, into a directory. Fails if one does not compile.
     *
     * @param touched the patched files, each with the patches that change it
     */
    public void compileScala(Map<Path, List<Patch>> touched, Path classes) throws IOException {
        List<Path> sources = scala(touched);
        if (sources.isEmpty()) {
            return;
        }
        List<CompilerError> errors =
                ScalaCompiler.compile(sources, javaSources(), scalaClassPath(), classes);
        if (!errors.isEmpty()) {
            throw new OverlayException(
                    "patched sources do not compile:\n" + describe(errors, touched));
        }
    }

    /**
     * Returns the class path without the directory of the output, which may contain old classes.
     */
    private String scalaClassPath() {
        return Jars.onClassPath(classPath).stream()
                .filter(element -> !absolute(element).equals(absolute(scalaClasses)))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private List<Path> javaSources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (Path directory : sourcePath) {
            if (Files.isDirectory(directory)) {
                Trees.files(directory).values().stream()
                        .filter(file -> file.toString().endsWith(".java"))
                        .filter(file -> !file.endsWith("package-info.java"))
                        .forEach(sources::add);
            }
        }
        return sources;
    }

    /**
     * Fails if a Java file does not compile.
     *
     * @param touched the patched files, each with the patches that change it
     */
    public void check(Map<Path, List<Patch>> touched) throws IOException {
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
                                + describe(errors(diagnostics.getDiagnostics()), touched));
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
                scalaClasses + File.pathSeparator + classPath,
                "-sourcepath",
                sources);
    }

    private static Path absolute(Path file) {
        return file.toAbsolutePath().normalize();
    }

    private static List<CompilerError> errors(
            List<Diagnostic<? extends JavaFileObject>> diagnostics) {
        List<CompilerError> errors = new ArrayList<>();
        for (Diagnostic<? extends JavaFileObject> diagnostic : diagnostics) {
            if (diagnostic.getKind() == Diagnostic.Kind.ERROR) {
                JavaFileObject source = diagnostic.getSource();
                errors.add(
                        new CompilerError(
                                source == null ? null : Path.of(source.toUri()),
                                diagnostic.getLineNumber(),
                                diagnostic.getMessage(Locale.ROOT)));
            }
        }
        return errors;
    }

    private static String describe(List<CompilerError> errors, Map<Path, List<Patch>> touched) {
        List<String> lines = new ArrayList<>();
        for (CompilerError error : errors) {
            Path file = error.file() == null ? null : absolute(error.file());
            List<Patch> patches =
                    touched.entrySet().stream()
                            .filter(entry -> absolute(entry.getKey()).equals(file))
                            .flatMap(entry -> entry.getValue().stream())
                            .toList();
            lines.add(
                    String.format(
                            "  %s: %s%s",
                            patches.isEmpty()
                                    ? "(own source)"
                                    : patches.stream()
                                            .map(Patch::name)
                                            .collect(Collectors.joining(", ")),
                            file == null ? "" : file + ":" + error.line() + ": ",
                            error.message().replace("\n", "\n    ")));
        }
        int more = lines.size() - MOST_ERRORS;
        return String.join("\n", lines.subList(0, Math.min(lines.size(), MOST_ERRORS)))
                + (more > 0 ? "\n  ... and " + more + " more" : "");
    }
}
