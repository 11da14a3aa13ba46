// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.source;

import com.pinterest.flink.overlay.base.OverlayException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import scala.collection.JavaConverters;
import scala.reflect.internal.util.Position;
import scala.tools.nsc.CompilerCommand;
import scala.tools.nsc.Global;
import scala.tools.nsc.Settings;
import scala.tools.nsc.reporters.StoreReporter;

/**
 * Upstream's Scala compiler, run in this JVM.
 *
 * <p>It has the version and the target of upstream's build: from an unpatched source it makes the
 * class that upstream published, except for the order of constants.
 */
final class ScalaCompiler {

    /** Upstream's target; the API is that of upstream's JDK. */
    private static final List<String> OPTIONS =
            List.of(
                    "-target:jvm-1.8",
                    "-release",
                    "11",
                    "-nowarn",
                    "-nobootcp",
                    "-encoding",
                    "UTF-8");

    /**
     * The stack size. The type checker recurses into expressions, and upstream gives it more than
     * the default of a JVM.
     */
    private static final long STACK_BYTES = 16L << 20;

    private ScalaCompiler() {}

    /** Returns what the compiled classes depend on besides sources and class path. */
    static String identity() {
        return scala.util.Properties.versionNumberString() + " " + String.join(" ", OPTIONS);
    }

    /**
     * Compiles Scala sources.
     *
     * @param java Java sources that the Scala sources may refer to, and that may refer to them;
     *     they are not compiled
     * @param classPath the libraries of the sources, including Scala's
     * @param classes the output directory
     * @return the errors; if empty, all classes were written
     */
    static List<CompilerError> compile(
            List<Path> scala, List<Path> java, String classPath, Path classes) {
        List<String> arguments = new ArrayList<>(OPTIONS);
        arguments.addAll(List.of("-classpath", classPath, "-d", classes.toString()));
        scala.stream().sorted().map(Path::toString).forEach(arguments::add);
        java.stream().sorted().map(Path::toString).forEach(arguments::add);
        List<CompilerError> errors = new ArrayList<>();
        Throwable[] failure = new Throwable[1];
        Thread thread =
                new Thread(null, () -> compile(arguments, errors), "scalac", STACK_BYTES, false);
        thread.setUncaughtExceptionHandler((ignored, thrown) -> failure[0] = thrown);
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OverlayException("interrupted while the Scala compiler ran", e);
        }
        if (failure[0] != null) {
            throw new OverlayException("the Scala compiler crashed on " + scala, failure[0]);
        }
        return errors;
    }

    private static void compile(List<String> arguments, List<CompilerError> errors) {
        StringWriter refusals = new StringWriter();
        PrintWriter refused = new PrintWriter(refusals, true);
        Settings settings =
                new Settings(
                        message -> {
                            refused.println(message);
                            return scala.runtime.BoxedUnit.UNIT;
                        });
        CompilerCommand command =
                new CompilerCommand(JavaConverters.asScalaBuffer(arguments).toList(), settings);
        if (!command.ok()) {
            throw new OverlayException("the Scala compiler rejects its options: " + refusals);
        }
        StoreReporter reporter = new StoreReporter(settings);
        Global global = new Global(settings, reporter);
        global.new Run().compile(command.files());
        for (StoreReporter.Info info : JavaConverters.asJavaIterable(reporter.infos())) {
            if (info.severity() == reporter.ERROR()) {
                errors.add(error(info));
            }
        }
        if (reporter.hasErrors() && errors.isEmpty()) {
            throw new OverlayException("the Scala compiler failed without a message");
        }
    }

    private static CompilerError error(StoreReporter.Info info) {
        Position position = info.pos();
        return position.isDefined()
                ? new CompilerError(
                        Path.of(position.source().file().path()), position.line(), info.msg())
                : new CompilerError(null, 0, info.msg());
    }
}
