// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/** Makes jars of jobs with all that they need. */
final class FatJar {

    private FatJar() {}

    /** Merges jars. Of entries with the same name, that of the first jar is taken. */
    static Path merge(Path target, List<Path> parts) throws IOException {
        Set<String> names = new HashSet<>();
        try (OutputStream out = Files.newOutputStream(target);
                JarOutputStream jar = new JarOutputStream(out)) {
            for (Path part : parts) {
                try (JarFile file = new JarFile(part.toFile())) {
                    for (JarEntry entry : file.stream().toList()) {
                        if (names.add(entry.getName())) {
                            jar.putNextEntry(new JarEntry(entry.getName()));
                            try (InputStream in = file.getInputStream(entry)) {
                                in.transferTo(jar);
                            }
                            jar.closeEntry();
                        }
                    }
                }
            }
        }
        return target;
    }
}
