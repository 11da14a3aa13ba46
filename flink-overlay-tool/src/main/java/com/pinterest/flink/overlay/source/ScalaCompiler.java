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
 * <p>It is the version that upstream's classes were made with, with the same target: from an
 * unpatched source it makes the class that upstream published, but for the order of constants.
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

    /** The type checker recurses into expressions: upstream gives it more than a JVM's default. */
    private static final long STACK_BYTES = 16L << 20;

    private ScalaCompiler() {}

    /** What decides, beside sources and class path, on the classes that it makes. */
    static String identity() {
        return scala.util.Properties.versionNumberString() + " " + String.join(" ", OPTIONS);
    }

    /**
     * Compiles Scala sources.
     *
     * @param java Java sources that they may refer to, and the reverse; no class is made of them
     * @param classPath the sources' library classes, Scala's among them
     * @param classes the directory that takes the classes
     * @return the errors; without one, all classes were made
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
            throw new OverlayException("the Scala compiler broke on " + scala, failure[0]);
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
            throw new OverlayException("the Scala compiler refuses its options: " + refusals);
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
