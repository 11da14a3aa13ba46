// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.core.fs.FileSystemFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Engine classes that users bundle do not shadow those of the distribution, and the planner shares
 * the runtime's classes.
 *
 * <p>Fixture classes stand for the engine's. The build's own tool puts them into the jars of the
 * distribution, as it does with the engine's. A process with the class path of a Flink process then
 * says which copy each class loader gives: {@code engine} is that of flink-dist, {@code planner}
 * that of the planner's jars, {@code library} that of another jar in lib/, {@code bundled} that of
 * the user's jar; {@code -shared} is added if it is the class that the application's class loader
 * has.
 */
final class ClassLoadingIT {

    private static FlinkInstallation files;
    private static Path userJar;
    private static Path plugins;
    private static Path lib;
    private static Path opt;
    private static Map<String, String> ours;
    private static Map<String, String> twins;

    @BeforeAll
    static void probe() throws Exception {
        files = FlinkInstallation.of(FlinkTree.DISTRIBUTION);
        Fixtures fixtures = new Fixtures(files.directory("fixtures"));
        Path engine = overlay(fixtures, "engine", Origins.ENGINE, "flink-dist-*.jar");
        Path planner =
                overlay(
                        fixtures,
                        "planner",
                        List.of(Origins.PLANNER),
                        "flink-table-planner_*.jar flink-table-planner.jar");
        Path library =
                fixtures.jar(
                        "library.jar", "library", Origins.OTHERS, List.of(), Map.of(), Map.of());
        List<String> bundled =
                Stream.concat(Origins.ENGINE.stream(), Origins.OTHERS.stream()).toList();
        userJar =
                fixtures.jar(
                        "user.jar",
                        "bundled",
                        bundled,
                        List.of(ProbedJob.class, Origins.class),
                        Map.of("Main-Class", ProbedJob.class.getName()),
                        Map.of());
        plugins = files.directory("plugins");
        Files.move(
                fixtures.jar(
                        "plugin.jar",
                        "bundled",
                        bundled,
                        List.of(ProbedPlugin.class),
                        Map.of(),
                        Map.of(FileSystemFactory.class.getName(), ProbedPlugin.class.getName())),
                files.directory("plugins/probed").resolve("plugin.jar"));
        Path probe =
                fixtures.jar(
                        "probe.jar",
                        "none",
                        List.of(),
                        List.of(LoaderProbe.class, Origins.class),
                        Map.of(),
                        Map.of());

        graft(engine, planner);
        Files.copy(library, lib.resolve(library.getFileName()));
        ours = probe(FlinkTree.files(lib, "*.jar"), probe);
        // The twin has no place for engine classes, so they stand in a jar of their own.
        List<Path> twin = new ArrayList<>(FlinkTree.TWIN.libJars());
        twin.addAll(List.of(engine, library));
        twins = probe(twin, probe);
    }

    @AfterAll
    static void removeFiles() throws Exception {
        files.close();
    }

    // ------------------------------------------------------------------ the planner

    @Test
    void plannerHasItsOwnClassesAndSharesThoseOfTheRuntime() {
        assertThat(ours)
                .containsEntry("planner " + Origins.PLANNER, "planner")
                .containsEntry("planner com.pinterest.flink.table.runtime.Fixture", "engine-shared")
                .containsEntry("planner com.pinterest.flink.runtime.Fixture", "engine-shared")
                .containsEntry(
                        "planner com.pinterest.flink.serialization.Fixture", "engine-shared");
    }

    @Test
    void plannerClassesAreHiddenFromJobsAndPlugins() {
        assertThat(ours)
                .containsEntry("job " + Origins.PLANNER, "absent")
                .containsEntry("plugin " + Origins.PLANNER, "absent");
    }

    @Test
    void plannerOfOptHasTheSameClassesWhenItIsSwappedIn() throws Exception {
        // given the documented swap
        List<Path> classPath = new ArrayList<>(FlinkTree.files(lib, "*.jar"));
        classPath.removeIf(jar -> jar.getFileName().toString().contains("planner-loader"));
        classPath.addAll(FlinkTree.files(opt, "flink-table-planner_*.jar"));

        // when
        URL[] urls = new URL[classPath.size()];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = classPath.get(i).toUri().toURL();
        }
        try (URLClassLoader loader =
                new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            // then
            assertThat(Origins.of(loader, Origins.PLANNER)).isEqualTo("planner");
            assertThat(Origins.of(loader, "com.pinterest.flink.table.runtime.Fixture"))
                    .isEqualTo("engine");
        }
    }

    @Test
    void plannerOfTheTwinDoesNotSeeOurRuntime() {
        assertThat(twins)
                .containsEntry("planner com.pinterest.flink.runtime.Fixture", "absent")
                .containsEntry("planner com.pinterest.flink.table.runtime.Fixture", "absent");
    }

    // ------------------------------------------------------------------ jobs and plugins

    @Test
    void bundledEngineClassesDoNotShadowInJobs() {
        assertOrigins(ours, "job", Origins.ENGINE, "engine-shared");
    }

    @Test
    void bundledEngineClassesDoNotShadowInPlugins() {
        assertOrigins(ours, "plugin", Origins.ENGINE, "engine-shared");
    }

    @Test
    void otherBundledClassesStayChildFirst() {
        assertOrigins(ours, "job", Origins.OTHERS, "bundled");
        assertOrigins(ours, "plugin", Origins.OTHERS, "bundled");
    }

    @Test
    void bundledEngineClassesDoShadowInTheTwin() {
        assertOrigins(twins, "job", Origins.ENGINE, "bundled");
        assertOrigins(twins, "plugin", Origins.ENGINE, "bundled");
    }

    @Test
    void bundledEngineClassesDoNotShadowInAJobOnACluster() throws Exception {
        // given
        FlinkCluster cluster = FlinkCluster.of(FlinkTree.DISTRIBUTION, 1);
        try {
            cluster.start(lib);

            // when
            ProcessResult run = cluster.flink("run", userJar.toString()).succeeded();

            // then
            Map<String, String> origins = parse(run.stdout());
            for (String who : List.of("client", "task")) {
                assertOrigins(origins, who, Origins.ENGINE, "engine-shared");
                assertOrigins(origins, who, Origins.OTHERS, "bundled");
            }
        } finally {
            cluster.close();
        }
    }

    private static void assertOrigins(
            Map<String, String> origins, String who, List<String> classes, String expected) {
        Map<String, String> expectations =
                classes.stream()
                        .collect(Collectors.toMap(name -> who + " " + name, name -> expected));
        assertThat(origins).containsAllEntriesOf(expectations);
    }

    // ------------------------------------------------------------------ set-up

    private static Path overlay(
            Fixtures fixtures, String origin, List<String> classes, String homes)
            throws IOException {
        return fixtures.jar(
                origin + ".jar",
                origin,
                classes,
                List.of(),
                Map.of("Overlay-Home", homes),
                Map.of());
    }

    /** Puts the fixtures into the jars of a tree like the distribution's, of links to its jars. */
    private static void graft(Path... overlays) throws Exception {
        Path from = files.directory("ungrafted");
        for (String directory : List.of("lib", "opt")) {
            Path links = Files.createDirectory(from.resolve(directory));
            Path home = FlinkTree.DISTRIBUTION.home().resolve(directory);
            for (Path jar :
                    FlinkTree.files(home, directory.equals("lib") ? "*.jar" : "*planner*.jar")) {
                Files.createSymbolicLink(links.resolve(jar.getFileName()), jar);
            }
        }
        Path to = files.directory("grafted");
        Path pins =
                files.write("patches/upstream.properties", "version=" + FlinkTree.UPSTREAM_VERSION);
        List<String> command = new ArrayList<>(List.of("-Xmx3g", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.addAll(List.of("com.pinterest.flink.overlay.Main", "graft"));
        command.addAll(List.of("--from", from.toString(), "--to", to.toString()));
        command.addAll(List.of("--patches", pins.getParent().toString()));
        command.addAll(List.of("--fork-version", FlinkTree.VERSION));
        for (Path overlay : overlays) {
            command.addAll(List.of("--overlay", overlay.toString()));
        }
        RunningProcess.startJava(files.directory("fixtures"), command)
                .await(Await.PATIENCE)
                .succeeded();
        lib = to.resolve("lib");
        opt = to.resolve("opt");
    }

    private static Map<String, String> probe(List<Path> libJars, Path probe) throws Exception {
        String classPath =
                Stream.concat(libJars.stream(), Stream.of(probe))
                        .map(Path::toString)
                        .collect(Collectors.joining(File.pathSeparator));
        ProcessResult result =
                RunningProcess.startJava(
                                files.directory("fixtures"),
                                Map.of("FLINK_PLUGINS_DIR", plugins.toString()),
                                List.of(
                                        "-Djava.io.tmpdir=" + files.directory("tmp"),
                                        "-cp",
                                        classPath,
                                        LoaderProbe.class.getName(),
                                        userJar.toString()))
                        .await(Await.PATIENCE)
                        .succeeded();
        return parse(result.stdout());
    }

    /** Origins by who asks and the class. */
    private static Map<String, String> parse(String lines) {
        Map<String, String> origins = new HashMap<>();
        for (String line : lines.lines().toList()) {
            int space = line.lastIndexOf(' ');
            if (line.matches("(job|plugin|planner|client|task) com\\.\\S+ \\S+")) {
                origins.put(line.substring(0, space), line.substring(space + 1));
            }
        }
        return origins;
    }
}
