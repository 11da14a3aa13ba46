// SPDX-License-Identifier: Apache-2.0
package org.apache.flink.runtime.scheduler;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobmaster.slotpool.RequestSlotMatchingStrategy;
import org.apache.flink.runtime.scheduler.adaptive.allocator.SlotAllocator;

/**
 * Places the tasks of streaming jobs instead of upstream's strategies. Found by {@link
 * PlacementSeam} through the {@link java.util.ServiceLoader}. Implementations are thread-safe and
 * never fail a job: what they cannot do, upstream's strategy does.
 *
 * <p>In this package because the strategies of the line 2.2 are visible only here.
 */
public interface PlacementProvider {

    /**
     * Makes the scheduler of a job. The configuration that it gives to upstream's factory is the
     * one that {@link #slotSharing} and {@link #slotAllocator} get for that job.
     */
    SchedulerNGFactory schedulerFactory(SchedulerNGFactory upstream);

    /**
     * Divides the tasks of a job of the DefaultScheduler into groups that share slots.
     *
     * @param upstream what to do if nothing better can be done
     */
    SlotSharingStrategy.Factory slotSharing(
            Configuration configuration, SlotSharingStrategy.Factory upstream);

    /**
     * Assigns slots to the groups that {@link #slotSharing} has made, all at once.
     *
     * @param upstream what to do if nothing better can be done
     */
    RequestSlotMatchingStrategy slotMatching(
            Configuration configuration, RequestSlotMatchingStrategy upstream);

    /**
     * Groups tasks and assigns slots to them for a job of the AdaptiveScheduler.
     *
     * @param upstream decides on the parallelism, reserves slots, and does all else if nothing
     *     better can be done
     */
    SlotAllocator slotAllocator(
            Configuration configuration, JobGraph jobGraph, SlotAllocator upstream);
}
