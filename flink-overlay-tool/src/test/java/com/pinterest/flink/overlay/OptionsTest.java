// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.overlay.base.OverlayException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Options of a command line are read by name, and what is wrong with them is named. */
class OptionsTest {

    @Test
    void anOptionThatStandsTwiceHasAllItsValuesAndTheLastOneCounts() {
        Options options = Options.parse(List.of("--a", "1", "--b", "x", "--a", "2"), "--a", "--b");

        assertThat(options.all("--a")).containsExactly("1", "2");
        assertThat(options.required("--a")).isEqualTo("2");
        assertThat(options.requiredPath("--b")).isEqualTo(Path.of("x"));
    }

    @Test
    void aListIsSeparatedByCommasAndItsBlanksAreDropped() {
        Options options = Options.parse(List.of("--a", " one, two ,,three"), "--a");

        assertThat(options.list("--a")).containsExactly("one", "two", "three");
    }

    @Test
    void anUnknownOptionIsNamedTogetherWithTheKnownOnes() {
        assertThatThrownBy(() -> Options.parse(List.of("--c", "1"), "--a", "--b"))
                .isInstanceOf(OverlayException.class)
                .hasMessage("unknown option --c; known: --a --b");
    }

    @Test
    void anOptionWithoutAValueIsNamed() {
        assertThatThrownBy(() -> Options.parse(List.of("--a", "1", "--b"), "--a", "--b"))
                .isInstanceOf(OverlayException.class)
                .hasMessage("option --b needs a value");
    }

    @Test
    void aMissingOptionIsNamedHoweverItIsRead() {
        Options options = Options.parse(List.of(), "--a");

        assertThatThrownBy(() -> options.required("--a")).hasMessage("option --a is missing");
        assertThatThrownBy(() -> options.requiredPath("--a")).hasMessage("option --a is missing");
        assertThatThrownBy(() -> options.all("--a")).hasMessage("option --a is missing");
        assertThatThrownBy(() -> options.list("--a")).hasMessage("option --a is missing");
    }
}
