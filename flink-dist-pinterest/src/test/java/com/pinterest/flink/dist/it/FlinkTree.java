// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.stream.Stream;

/** The two assembled trees that the build hands to these tests. */
enum FlinkTree {
    /** This distribution, unpacked from its tarball. */
    DISTRIBUTION("dist.home"),

    /** The same assembly without the overlay. */
    TWIN("twin.home");

    /** What {@link #DISTRIBUTION} calls itself. */
    static final String VERSION = property("dist.version");

    /** The official release that both are made from. */
    static final String UPSTREAM_VERSION = property("upstream.version");

    private final Path home;

    FlinkTree(String homeProperty) {
        this.home = Path.of(property(homeProperty)).toAbsolutePath();
    }

    Path home() {
        return home;
    }

    Path lib() {
        return home.resolve("lib");
    }

    Path opt() {
        return home.resolve("opt");
    }

    /** The jars in lib/, sorted. */
    List<Path> libJars() throws IOException {
        return files(lib(), "*.jar");
    }

    Path flinkDistJar() throws IOException {
        return files(lib(), "flink-dist-*.jar").get(0);
    }

    /** The files and directories in a directory whose names match a glob, sorted. */
    static List<Path> files(Path directory, String glob) throws IOException {
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> matcher.matches(file.getFileName())).sorted().toList();
        }
    }

    /** A system property that the build hands to these tests. */
    static String property(String name) {
        return requireNonNull(
                System.getProperty(name), () -> "system property " + name + " is not set");
    }
}
