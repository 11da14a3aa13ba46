// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.rest.util.RestMapperUtils;
import org.junit.jupiter.api.Test;

/** Placements of running jobs are kept, and those of some that have ended. */
class LastPlacementsTest {

    private static final int ENDED = 20;

    @Test
    void keepsRunningJobsAndTheLastThatEnded() {
        List<JobID> running = jobs(ENDED + 1);
        List<JobID> ended = jobs(ENDED + 1);
        JobID never = new JobID();

        ended.forEach(LastPlacements::end);
        LastPlacements.end(never);

        assertThat(running).allSatisfy(job -> assertThat(LastPlacements.of(job)).isPresent());
        assertThat(LastPlacements.of(ended.get(0))).isEmpty();
        assertThat(ended.subList(1, ended.size()))
                .allSatisfy(job -> assertThat(LastPlacements.of(job)).isPresent());
        assertThat(LastPlacements.of(never)).isEmpty();
        running.forEach(LastPlacements::end);
    }

    private static List<JobID> jobs(int count) {
        List<JobID> jobs = new ArrayList<>();
        for (int k = 0; k < count; k++) {
            JobID job = new JobID();
            LastPlacements.put(
                    job,
                    PlacementDocument.of(
                            RestMapperUtils.getStrictObjectMapper().createObjectNode()));
            jobs.add(job);
        }
        return jobs;
    }
}
