// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drivers of several distributions, whose scripts answer with the directory that they are in. */
final class DriversTest {

    @TempDir private Path directory;

    private Path distribution(String name) throws IOException {
        Path home = directory.resolve(name);
        Path script = Files.createDirectories(home.resolve("job-service")).resolve("driver.sh");
        Files.writeString(
                script,
                """
                cd "$(dirname "$0")/.."
                echo "driver of ${PWD##*/}" >&2
                while read -r number request; do
                    echo "$number OK $(base64 <<< "${PWD##*/}")"
                done
                """);
        return home;
    }

    private static String version(Driver driver) throws IOException {
        return driver.version().strip();
    }

    @Test
    void eachDistributionHasADriverOfItsOwn() throws Exception {
        Path own = distribution("own");
        Path other = distribution("other");
        Path logs = Files.createDirectories(directory.resolve("logs"));

        try (Drivers drivers = new Drivers(Optional.of(own), logs)) {
            assertThat(version(drivers.own().orElseThrow())).isEqualTo("own");
            assertThat(version(drivers.of(other))).isEqualTo("other");
            assertThat(drivers.of(own)).isSameAs(drivers.own().orElseThrow());
            assertThat(drivers.of(other)).isSameAs(drivers.of(other));
            assertThat(logs.resolve("driver.log")).content(UTF_8).contains("driver of own");
            assertThat(logs).isDirectoryContaining("glob:**/driver-*.log");
        }
    }

    @Test
    void directoryIsADistributionIfItCanBeDriven() throws Exception {
        assertThat(Drivers.isDistribution(distribution("own"))).isTrue();
        assertThat(Drivers.isDistribution(directory)).isFalse();
        assertThat(Drivers.isDistribution(Path.of("own"))).isFalse();
    }
}
