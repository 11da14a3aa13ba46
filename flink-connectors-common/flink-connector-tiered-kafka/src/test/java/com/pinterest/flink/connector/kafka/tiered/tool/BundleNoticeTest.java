// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The notice of the bundle for {@code opt/}. */
class BundleNoticeTest {

    @Test
    void noticeNamesTheVersionsThatAreBundled() throws Exception {
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> jars = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("src/main/bundle/NOTICE"))) {
            if (line.startsWith("- ")) {
                String[] parts = line.substring(2).split(":", -1);
                jars.add(parts[1] + "-" + parts[2] + ".jar");
            }
        }

        assertThat(jars).hasSizeGreaterThan(5).allMatch(classPath::contains);
    }
}
