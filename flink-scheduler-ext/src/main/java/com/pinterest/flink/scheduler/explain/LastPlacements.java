// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.explain;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.annotation.Nullable;
import org.apache.flink.api.common.JobID;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;

/**
 * The last placement of each job whose JobMaster is, or was, in this process. Thread-safe.
 *
 * <p>It is static because upstream loads the handlers of its REST server without a reference to
 * anything of a JobMaster. Both are in one process always.
 */
public final class LastPlacements {

    /** The number of ended jobs that are kept. */
    private static final int ENDED_JOBS = 20;

    private static final Map<JobID, PlacementDocument> RUNNING = new HashMap<>();

    private static final Map<JobID, PlacementDocument> ENDED =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<JobID, PlacementDocument> eldest) {
                    return size() > ENDED_JOBS;
                }
            };

    private LastPlacements() {}

    /** Keeps the placement of a job, instead of an earlier one. */
    public static void put(JobID job, PlacementDocument document) {
        synchronized (RUNNING) {
            RUNNING.put(job, document);
        }
    }

    /** Keeps the placement of a job only until some more have ended. */
    public static void end(JobID job) {
        synchronized (RUNNING) {
            PlacementDocument document = RUNNING.remove(job);
            if (document != null) {
                ENDED.put(job, document);
            }
        }
    }

    /**
     * How many slots running jobs use on each TaskManager, by its id. Jobs whose placement is not
     * known, as that of batch jobs, do not count.
     *
     * @param job that does not count either; null for none
     */
    public static Map<String, Integer> slotsOfOthers(@Nullable JobID job) {
        Map<String, Integer> slots = new HashMap<>();
        synchronized (RUNNING) {
            RUNNING.forEach(
                    (other, document) -> {
                        if (!other.equals(job)) {
                            for (JsonNode taskManager : document.root().path("task-managers")) {
                                slots.merge(
                                        taskManager.path("id").asText(),
                                        taskManager.path("groups").size(),
                                        Integer::sum);
                            }
                        }
                    });
        }
        return slots;
    }

    /** The last placement of a job, if there is any. */
    public static Optional<PlacementDocument> of(JobID job) {
        synchronized (RUNNING) {
            PlacementDocument document = RUNNING.get(job);
            return Optional.ofNullable(document == null ? ENDED.get(job) : document);
        }
    }
}
