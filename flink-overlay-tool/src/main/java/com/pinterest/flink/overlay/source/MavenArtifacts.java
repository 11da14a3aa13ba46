// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.source;

import com.pinterest.flink.overlay.base.OverlayException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Upstream's artifacts, fetched with the ordinary Maven program, so that its settings, mirrors and
 * local repository apply.
 *
 * <p>A generated build with one project per module fetches all artifacts of a release in one run.
 * If one project fails, the others still get their artifacts.
 */
public final class MavenArtifacts implements UpstreamArtifacts {

    private static final String GROUP = "org.apache.flink";
    private static final Pattern PLUGIN_VERSION =
            Pattern.compile(
                    "<artifactId>maven-dependency-plugin</artifactId>\\s*"
                            + "<version>([^<]+)</version>");

    /**
     * Maven's messages for an artifact that its repositories do not have, on the first and on later
     * attempts.
     */
    private static final Pattern NOT_PUBLISHED =
            Pattern.compile(
                    "Could not find artifact (org\\.apache\\.flink:\\S+)"
                            + "|(org\\.apache\\.flink:\\S+) was not found in ");

    private final Path root;
    private final String program;

    /**
     * Creates the source of artifacts.
     *
     * @param root the root of this repository; its POM has the versions of plugins and dependencies
     * @param program the Maven program
     */
    public MavenArtifacts(Path root, String program) {
        this.root = root;
        this.program = program;
    }

    @Override
    public SortedMap<String, String> fetch(String version, List<String> modules, Path directory)
            throws IOException {
        Files.createDirectories(directory);
        writeFetchingBuild(version, modules, directory);
        Path log = directory.resolve("fetch.log");
        boolean all = maven(directory.resolve("pom.xml"), log, "--fail-at-end", "initialize");
        SortedMap<String, String> absent = new TreeMap<>();
        if (all) {
            return absent;
        }
        List<String> errors = errors(log);
        for (String module : modules) {
            if (Files.isRegularFile(SourceOverlay.binaryJar(directory, module))
                    && Files.isRegularFile(SourceOverlay.sourcesJar(directory, module))) {
                continue;
            }
            List<String> own =
                    errors.stream()
                            .filter(line -> line.contains(" on project " + module + ": "))
                            .toList();
            Matcher matcher = NOT_PUBLISHED.matcher(String.join("\n", own));
            if (!matcher.find()) {
                throw failure(GROUP + ":" + module, version, own.isEmpty() ? errors : own, log);
            }
            absent.put(module, artifact(matcher));
        }
        return absent;
    }

    @Override
    public String classPath(
            String version, List<OverlayModule> modules, List<String> without, Path directory)
            throws IOException {
        Set<OverlayModule.Dependency> dependencies = new LinkedHashSet<>();
        modules.forEach(module -> dependencies.addAll(module.dependencies()));
        dependencies.removeIf(dependency -> without.contains(dependency.artifactId()));
        Files.createDirectories(directory);
        Path pom = directory.resolve("pom.xml");
        Path output = directory.resolve("class-path.txt");
        Path log = directory.resolve("class-path.log");
        while (true) {
            Files.writeString(pom, classPathBuild(dependencies, directory));
            if (maven(
                    pom,
                    log,
                    "-Dflink.version=" + version,
                    "dependency:build-classpath",
                    "-Dmdep.outputFile=" + output)) {
                return Files.readString(output).strip();
            }
            // If a patched file needs something that the release lacks, its compilation fails.
            Matcher matcher = NOT_PUBLISHED.matcher(String.join("\n", errors(log)));
            String artifactId = matcher.find() ? artifact(matcher).split(":", -1)[1] : "";
            if (!dependencies.removeIf(
                    dependency ->
                            dependency.groupId().equals(GROUP)
                                    && dependency.artifactId().equals(artifactId))) {
                throw failure("the class path", version, errors(log), log);
            }
        }
    }

    private static String artifact(Matcher notPublished) {
        return notPublished.group(1) == null ? notPublished.group(2) : notPublished.group(1);
    }

    private static OverlayException failure(
            String what, String version, List<String> errors, Path log) {
        return new OverlayException(
                String.format(
                        "cannot fetch %s of version %s. Maven says:%n  %s%n(log: %s)",
                        what,
                        version,
                        errors.stream().limit(3).collect(Collectors.joining("\n  ")),
                        log));
    }

    private static List<String> errors(Path log) throws IOException {
        return Files.readAllLines(log).stream()
                .filter(line -> line.startsWith("[ERROR] ") && !line.startsWith("[ERROR] [Help"))
                .map(line -> line.substring("[ERROR] ".length()).replace(" -> [Help 1]", ""))
                .filter(line -> !line.isBlank())
                .toList();
    }

    private void writeFetchingBuild(String version, List<String> modules, Path directory)
            throws IOException {
        String plugin = pluginVersion();
        for (String module : modules) {
            Files.deleteIfExists(SourceOverlay.binaryJar(directory, module));
            Files.deleteIfExists(SourceOverlay.sourcesJar(directory, module));
            Path project = Files.createDirectories(directory.resolve(module));
            Files.writeString(
                    project.resolve("pom.xml"),
                    project(
                            module,
                            "jar",
                            """
                            <build><plugins><plugin>
                              <groupId>org.apache.maven.plugins</groupId>
                              <artifactId>maven-dependency-plugin</artifactId>
                              <version>%s</version>
                              <executions><execution>
                                <phase>initialize</phase>
                                <goals><goal>copy</goal></goals>
                              </execution></executions>
                              <configuration>
                                <outputDirectory>${project.basedir}/..</outputDirectory>
                                <stripVersion>true</stripVersion>
                                <artifactItems>%s%s</artifactItems>
                              </configuration>
                            </plugin></plugins></build>
                            """
                                    .formatted(
                                            plugin,
                                            item(module, version, ""),
                                            item(
                                                    module,
                                                    version,
                                                    "<classifier>sources</classifier>"))));
        }
        String names =
                modules.stream()
                        .map(module -> "<module>" + module + "</module>")
                        .collect(Collectors.joining());
        Files.writeString(
                directory.resolve("pom.xml"),
                project("upstream", "pom", "<modules>" + names + "</modules>\n"));
    }

    private static String item(String module, String version, String classifier) {
        return String.format(
                "<artifactItem><groupId>%s</groupId><artifactId>%s</artifactId>"
                        + "<version>%s</version>%s</artifactItem>",
                GROUP, module, version, classifier);
    }

    private String pluginVersion() throws IOException {
        Path pom = root.resolve("pom.xml");
        Matcher matcher = PLUGIN_VERSION.matcher(Files.readString(pom));
        if (!matcher.find()) {
            throw new OverlayException(pom + " has no version of maven-dependency-plugin");
        }
        return matcher.group(1);
    }

    private String classPathBuild(Set<OverlayModule.Dependency> dependencies, Path directory)
            throws IOException {
        StringBuilder body = new StringBuilder();
        body.append("<parent><groupId>com.pinterest.flink</groupId>")
                .append("<artifactId>flink-pinterest-parent</artifactId>")
                .append("<version>")
                .append(ownVersion())
                .append("</version><relativePath>")
                .append(directory.toAbsolutePath().relativize(root.toAbsolutePath()))
                .append("/pom.xml</relativePath></parent>\n<dependencies>\n");
        for (OverlayModule.Dependency dependency : dependencies) {
            body.append("<dependency><groupId>").append(dependency.groupId());
            body.append("</groupId><artifactId>").append(dependency.artifactId());
            body.append("</artifactId>");
            if (!dependency.version().isEmpty()) {
                body.append("<version>").append(dependency.version()).append("</version>");
            }
            body.append("</dependency>\n");
        }
        return project("class-path", "pom", body.append("</dependencies>\n").toString());
    }

    private String ownVersion() throws IOException {
        Matcher matcher =
                Pattern.compile("(?m)^  <version>(.*)</version>$")
                        .matcher(Files.readString(root.resolve("pom.xml")));
        if (!matcher.find()) {
            throw new OverlayException(root.resolve("pom.xml") + " has no version");
        }
        return matcher.group(1);
    }

    private static String project(String artifactId, String packaging, String body) {
        return """
        <project xmlns="http://maven.apache.org/POM/4.0.0">
        <modelVersion>4.0.0</modelVersion>
        <groupId>patchctl</groupId><artifactId>%s</artifactId><version>1</version>
        <packaging>%s</packaging>
        %s</project>
        """
                .formatted(artifactId, packaging, body);
    }

    /** Runs Maven and returns whether it succeeded. */
    private boolean maven(Path pom, Path log, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(program, "-B", "-ntp", "-f", pom.toString()));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(root.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            return process.waitFor() == 0;
        } catch (IOException e) {
            throw new OverlayException(program + " does not start, is Maven installed?", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OverlayException("interrupted while Maven ran", e);
        }
    }
}
