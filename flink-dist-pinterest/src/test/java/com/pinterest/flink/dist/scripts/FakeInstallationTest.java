// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The installation that the tests of scripts share does nothing to the machine that it runs on. */
@ExtendWith(FakeInstallationExtension.class)
final class FakeInstallationTest {

    @Test
    void aFakeTakesThePlaceOfALinkAndNotOfTheProgram(FakeInstallation flink) throws Exception {
        Path program = Files.writeString(flink.directory("machine").resolve("tool"), "original");
        Path link = flink.directory("programs").resolve("tool");
        Files.createSymbolicLink(link, program);

        flink.program("tool", "exit 5");

        assertThat(program).hasContent("original");
        assertThat(link).isRegularFile().isExecutable();
        assertThat(Files.isSymbolicLink(link)).isFalse();
        assertThat(flink.run(link).exitCode()).isEqualTo(5);
    }
}
