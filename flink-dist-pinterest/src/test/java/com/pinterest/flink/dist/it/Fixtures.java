// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;

/** Makes jars in one directory. */
final class Fixtures {

    private final Path directory;

    Fixtures(Path directory) {
        this.directory = directory;
    }

    /**
     * Makes a jar.
     *
     * @param origin what the static method {@code origin()} of each fixture class returns
     * @param fixtures the names of fixture classes, all with no other content than this method
     * @param copied classes of these tests that are put in as they are, not their nested ones
     * @param attributes of the manifest
     * @param services the provider of each service
     */
    Path jar(
            String name,
            String origin,
            List<String> fixtures,
            List<Class<?>> copied,
            Map<String, String> attributes,
            Map<String, String> services)
            throws IOException {
        Map<String, String> sources = new TreeMap<>();
        for (String fixture : fixtures) {
            int dot = fixture.lastIndexOf('.');
            sources.put(
                    fixture,
                    String.format(
                            "package %s; public final class %s {"
                                    + " public static String origin() { return \"%s\"; } }",
                            fixture.substring(0, dot), fixture.substring(dot + 1), origin));
        }
        return jar(name, sources, copied, attributes, services);
    }

    /**
     * Makes a jar.
     *
     * @param sources by the names of the classes, which may use those of these tests and Flink
     * @param copied classes of these tests that are put in as they are, not their nested ones
     * @param attributes of the manifest
     * @param services the provider of each service
     */
    Path jar(
            String name,
            Map<String, String> sources,
            Collection<Class<?>> copied,
            Map<String, String> attributes,
            Map<String, String> services)
            throws IOException {
        Path classes = compile(sources);
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.forEach(manifest.getMainAttributes()::putValue);
        Path jar = directory.resolve(name);
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            for (String source : sources.keySet()) {
                out.putNextEntry(new ZipEntry(entry(source)));
                Files.copy(classes.resolve(entry(source)), out);
            }
            for (Map.Entry<String, String> service : services.entrySet()) {
                out.putNextEntry(new ZipEntry("META-INF/services/" + service.getKey()));
                out.write(service.getValue().getBytes(UTF_8));
            }
            for (Class<?> type : copied) {
                String entry = entry(type.getName());
                out.putNextEntry(new ZipEntry(entry));
                try (InputStream in = type.getClassLoader().getResourceAsStream(entry)) {
                    in.transferTo(out);
                }
            }
        }
        return jar;
    }

    private Path compile(Map<String, String> sources) throws IOException {
        Path root = Files.createTempDirectory(directory, "fixtures");
        String classes =
                Fixtures.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        String flink;
        try (Stream<Path> jars = Files.list(FlinkTree.DISTRIBUTION.home().resolve("lib"))) {
            flink = jars.map(Path::toString).collect(Collectors.joining(File.pathSeparator));
        }
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--release",
                                "11",
                                "-proc:none",
                                "-cp",
                                classes + File.pathSeparator + flink,
                                "-d",
                                root.toString()));
        for (Map.Entry<String, String> source : sources.entrySet()) {
            Path file = root.resolve(source.getKey().replace('.', '/') + ".java");
            Files.createDirectories(file.getParent());
            arguments.add(Files.writeString(file, source.getValue()).toString());
        }
        if (!sources.isEmpty()) {
            int status =
                    ToolProvider.getSystemJavaCompiler()
                            .run(null, null, null, arguments.toArray(new String[0]));
            assertThat(status).as("javac %s", arguments).isZero();
        }
        return root;
    }

    private static String entry(String className) {
        return className.replace('.', '/') + ".class";
    }
}
