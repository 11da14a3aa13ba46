// SPDX-License-Identifier: Apache-2.0
package com.example.pageviews;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.jar.Manifest;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tests of this project run on the distribution's engine and not on the official release. */
class RunsOnTheForkTest {

    private static final String FORK_VERSION = System.getProperty("flink.fork.version");

    @Test
    void theEngineReportsTheForksVersion() {
        assertThat(EnvironmentInformation.getVersion()).isEqualTo(FORK_VERSION);
    }

    @Test
    void aPatchedOptionHasTheForksDefault() {
        assertThat(CoreOptions.ALWAYS_PARENT_FIRST_LOADER_PATTERNS.defaultValue())
                .contains("com.pinterest.flink.runtime.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.apache.flink.configuration.CoreOptions",
                "org.apache.flink.runtime.scheduler.LocalityPlacementProvider",
                "org.apache.flink.runtime.util.EnvironmentInformation",
                "org.apache.flink.table.planner.loader.DelegatePlannerFactory",
                "org.apache.flink.table.planner.loader.PlannerModule"
            })
    void aClassOfAPatchedJarIsThereOnceAndItsJarIsThePatchedOne(String name) throws Exception {
        String entry = name.replace('.', '/') + ".class";

        List<URL> copies = Collections.list(getClass().getClassLoader().getResources(entry));

        assertThat(copies).hasSize(1);
        // A jar, or in the distribution's own build the directory that becomes one.
        String home = copies.get(0).toString().replace(entry, "");
        try (InputStream in = new URL(home + "META-INF/MANIFEST.MF").openStream()) {
            assertThat(new Manifest(in).getMainAttributes().getValue("Pinterest-Version"))
                    .isEqualTo(FORK_VERSION);
        }
    }
}
