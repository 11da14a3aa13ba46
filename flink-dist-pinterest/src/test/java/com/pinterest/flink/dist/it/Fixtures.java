// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;

/** Makes jars for tests of class loading, in one directory. */
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
        Path classes = compile(origin, fixtures);
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.forEach(manifest.getMainAttributes()::putValue);
        Path jar = directory.resolve(name);
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            for (String fixture : fixtures) {
                out.putNextEntry(new ZipEntry(entry(fixture)));
                Files.copy(classes.resolve(entry(fixture)), out);
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

    private Path compile(String origin, List<String> fixtures) throws IOException {
        Path root = Files.createTempDirectory(directory, "fixtures");
        List<String> arguments = new ArrayList<>(List.of("--release", "11", "-d", root.toString()));
        for (String fixture : fixtures) {
            int dot = fixture.lastIndexOf('.');
            String source =
                    String.format(
                            "package %s; public final class %s {"
                                    + " public static String origin() { return \"%s\"; } }",
                            fixture.substring(0, dot), fixture.substring(dot + 1), origin);
            Path file = root.resolve(fixture.replace('.', '/') + ".java");
            Files.createDirectories(file.getParent());
            arguments.add(Files.writeString(file, source).toString());
        }
        if (!fixtures.isEmpty()) {
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
