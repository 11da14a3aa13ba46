// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.rest.util.RestMapperUtils;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ArrayNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ObjectNode;
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

    @Test
    void tellsTheSlotsThatOtherRunningJobsUse() {
        JobID own = new JobID();
        JobID other = new JobID();
        JobID ended = new JobID();
        LastPlacements.put(own, document("tm-1", 1));
        LastPlacements.put(other, document("tm-1", 2));
        LastPlacements.put(ended, document("tm-1", 4));
        LastPlacements.end(ended);

        assertThat(LastPlacements.slotsOfOthers(own)).containsEntry("tm-1", 2);
        assertThat(LastPlacements.slotsOfOthers(null)).containsEntry("tm-1", 3);

        LastPlacements.end(own);
        LastPlacements.end(other);
        assertThat(LastPlacements.slotsOfOthers(null)).doesNotContainKey("tm-1");
    }

    private static PlacementDocument document(String taskManager, int groups) {
        ObjectNode root = RestMapperUtils.getStrictObjectMapper().createObjectNode();
        ArrayNode list =
                root.putArray("task-managers")
                        .addObject()
                        .put("id", taskManager)
                        .putArray("groups");
        for (int k = 0; k < groups; k++) {
            list.addArray();
        }
        return PlacementDocument.of(root);
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
