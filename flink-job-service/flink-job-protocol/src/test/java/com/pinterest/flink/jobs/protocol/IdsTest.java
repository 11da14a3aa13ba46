// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class IdsTest {

    private static final JobKey JOB = new JobKey("ads", "flights");

    @Test
    void runHasOneIdPerEpochJobAndInstance() {
        String id = Ids.run("one", JOB, 1);

        assertThat(id).matches("[0-9a-f]{32}").isEqualTo(Ids.run("one", JOB, 1));
        assertThat(id)
                .isNotEqualTo(Ids.run("one", JOB, 2))
                .isNotEqualTo(Ids.run("two", JOB, 1))
                .isNotEqualTo(Ids.run("one", new JobKey("ads", "other"), 1));
    }

    @Test
    void laterOperationsHaveGreaterIdsOfVersion7() {
        Random random = new Random(1);
        Instant time = Instant.parse("2026-01-01T00:00:00Z");
        UUID first = Ids.operation(time, random);
        UUID second = Ids.operation(time.plusMillis(1), random);

        assertThat(first.version()).isEqualTo(7);
        assertThat(first.variant()).isEqualTo(2);
        assertThat(second.toString()).isGreaterThan(first.toString());
    }

    @Test
    void eachAttemptHasItsTrigger() {
        UUID operation = Ids.operation(Instant.EPOCH, new Random(1));

        assertThat(Ids.trigger(operation, 0)).matches("[0-9a-f]{32}");
        assertThat(Ids.trigger(operation, 1))
                .matches("[0-9a-f]{32}")
                .isNotEqualTo(Ids.trigger(operation, 0));
    }
}
