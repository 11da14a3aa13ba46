// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JobKeyTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", "a-", "A", "a/b", "..", "a b", "a\n", "ä"})
    void otherCharactersAreRefused(String name) {
        assertThatThrownBy(() -> new JobKey("ads", name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name");
    }

    @Test
    void textFormIsReadBack() {
        JobKey key = new JobKey("ads", "flights-1");

        assertThat(JobKey.parse(key.toString())).isEqualTo(key);
    }
}
