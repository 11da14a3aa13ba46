// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A JDK of this machine that is not the one of the build. */
final class Jdk {

    private static final Path USUAL_PARENT = Path.of("/usr/lib/jvm");

    private Jdk() {}

    /** The name of the variable that says where a JDK of a version is. */
    static String variable(int version) {
        return "JAVA_" + version + "_HOME";
    }

    /** The home of a JDK: what the variable names, or the first one where Linux puts them. */
    static Optional<Path> find(int version) throws IOException {
        String named = System.getenv(variable(version));
        if (named != null) {
            Path home = Path.of(named);
            if (!isOf(version, home)) {
                throw new IOException(
                        variable(version) + " is " + named + ", which is no JDK " + version);
            }
            return Optional.of(home);
        }
        List<Path> homes = new ArrayList<>();
        if (Files.isDirectory(USUAL_PARENT)) {
            homes.addAll(FlinkTree.files(USUAL_PARENT, "*"));
        }
        for (Path home : homes) {
            if (isOf(version, home)) {
                return Optional.of(home);
            }
        }
        return Optional.empty();
    }

    private static boolean isOf(int version, Path home) throws IOException {
        Path release = home.resolve("release");
        return Files.isExecutable(home.resolve("bin").resolve("jcmd"))
                && Files.isRegularFile(release)
                && Files.readAllLines(release).stream()
                        .anyMatch(line -> line.matches("JAVA_VERSION=\"" + version + "\\b.*"));
    }
}
