// SPDX-License-Identifier: Apache-2.0
package org.apache.flink.runtime.scheduler;

import com.pinterest.flink.scheduler.job.GroupedJob;
import com.pinterest.flink.scheduler.job.JobTasks;
import com.pinterest.flink.scheduler.job.PlacedJob;
import com.pinterest.flink.scheduler.job.PlacedSchedulerFactory;
import com.pinterest.flink.scheduler.job.PlacementSettings;
import com.pinterest.flink.scheduler.job.PlannedSlotAllocator;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobmaster.slotpool.PlannedRequestSlotMatchingStrategy;
import org.apache.flink.runtime.jobmaster.slotpool.RequestSlotMatchingStrategy;
import org.apache.flink.runtime.scheduler.adaptive.allocator.SlotAllocator;

/** Places tasks by load and locality. Stateless and thread-safe. */
public final class LocalityPlacementProvider implements PlacementProvider {

    @Override
    public SchedulerNGFactory schedulerFactory(SchedulerNGFactory upstream) {
        return new PlacedSchedulerFactory(upstream);
    }

    @Override
    public SlotSharingStrategy.Factory slotSharing(
            Configuration configuration, SlotSharingStrategy.Factory upstream) {
        return (topology, sharingGroups, coLocationGroups) -> {
            PlacedJob placedJob = PlacedJob.of(configuration);
            try {
                PlacementSettings settings = new PlacementSettings(configuration);
                JobTasks job =
                        JobTasks.of(
                                placedJob,
                                topology,
                                sharingGroups,
                                coLocationGroups,
                                placedJob.costs(settings.hints()));
                return new PlannedSlotSharingStrategy(GroupedJob.of(placedJob, job, settings));
            } catch (RuntimeException e) {
                placedJob.fellBack(configuration, e);
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
        PlacedJob placedJob = PlacedJob.of(configuration);
        try {
            return new PlannedSlotAllocator(
                    placedJob, new PlacementSettings(configuration), jobGraph, upstream);
        } catch (RuntimeException e) {
            placedJob.fellBack(configuration, e);
            return upstream;
        }
    }
}
