// SPDX-License-Identifier: Apache-2.0
package org.apache.flink.runtime.scheduler;

import com.pinterest.flink.scheduler.job.GroupedJob;
import com.pinterest.flink.scheduler.job.JobTasks;
import com.pinterest.flink.scheduler.job.PlacementSettings;
import com.pinterest.flink.scheduler.job.PlannedSlotAllocator;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobmaster.slotpool.PlannedRequestSlotMatchingStrategy;
import org.apache.flink.runtime.jobmaster.slotpool.RequestSlotMatchingStrategy;
import org.apache.flink.runtime.scheduler.adaptive.allocator.SlotAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Places tasks by load and locality. Stateless and thread-safe. */
public final class LocalityPlacementProvider implements PlacementProvider {

    private static final Logger LOG = LoggerFactory.getLogger(LocalityPlacementProvider.class);

    @Override
    public SlotSharingStrategy.Factory slotSharing(
            Configuration configuration, SlotSharingStrategy.Factory upstream) {
        return (topology, sharingGroups, coLocationGroups) -> {
            try {
                PlacementSettings settings = new PlacementSettings(configuration);
                JobTasks job =
                        JobTasks.of(topology, sharingGroups, coLocationGroups, settings.hints());
                return new PlannedSlotSharingStrategy(GroupedJob.of(job, settings));
            } catch (RuntimeException e) {
                LOG.warn("Placement falls back to upstream's: {}", e.getMessage(), e);
                return upstream.create(topology, sharingGroups, coLocationGroups);
            }
        };
    }

    @Override
    public RequestSlotMatchingStrategy slotMatching(
            Configuration configuration, RequestSlotMatchingStrategy upstream) {
        return new PlannedRequestSlotMatchingStrategy(upstream);
    }

    @Override
    public SlotAllocator slotAllocator(
            Configuration configuration, JobGraph jobGraph, SlotAllocator upstream) {
        try {
            return new PlannedSlotAllocator(
                    new PlacementSettings(configuration), jobGraph, upstream);
        } catch (RuntimeException e) {
            LOG.warn(
                    "Placement of job {} falls back to upstream's: {}",
                    jobGraph.getJobID(),
                    e.getMessage(),
                    e);
            return upstream;
        }
    }
}
