// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** State that has to be moved is what a subtask needs and does not find. */
class PriorStateTest {

    /** Four subtasks on TaskManagers 0, 0, 1 and one that is gone. */
    private final PriorState prior = PriorState.of(Map.of(0, new int[] {0, 0, 1, -1}));

    @ParameterizedTest
    @CsvSource({
        // of four subtasks, as before
        "4, 0, 0, 0", "4, 0, 1, 0.25", "4, 2, 1, 0", "4, 3, 1, 0.25",
        // of two
        "2, 0, 0, 0", "2, 0, 1, 0.5", "2, 1, 1, 0.25", "2, 1, 0, 0.5",
        // of eight
        "8, 1, 0, 0", "8, 4, 1, 0", "8, 4, 0, 0.125", "8, 7, 1, 0.125",
        // of three: the second needs half of former subtask 1 and half of 2, and a bit
        "3, 1, 0, 0.166666667", "3, 1, 1, 0.166666667",
    })
    void isTheShareThatIsElsewhere(int parallelism, int subtask, int taskManager, double missing) {
        assertThat(prior.missing(0, subtask, parallelism, taskManager))
                .isCloseTo(missing, within(1e-6));
    }

    @Test
    void verticesThatWereNotThereHaveNone() {
        assertThat(prior.missing(1, 0, 4, 3)).isZero();
    }
}
