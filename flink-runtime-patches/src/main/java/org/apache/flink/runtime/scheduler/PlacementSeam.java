// SPDX-License-Identifier: Apache-2.0
package org.apache.flink.runtime.scheduler;

import com.pinterest.flink.features.Feature;
import com.pinterest.flink.features.Features;
import com.pinterest.flink.runtime.placement.PlacementOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobType;
import org.apache.flink.runtime.jobmaster.slotpool.RequestSlotMatchingStrategy;
import org.apache.flink.runtime.scheduler.adaptive.allocator.SlotAllocator;

/**
 * Where upstream's schedulers get their strategies of placement: upstream's own, or those of the
 * one {@link PlacementProvider} on the class path of the engine. Called by the patched factories of
 * the schedulers.
 */
public final class PlacementSeam {

    private PlacementSeam() {}

    /** Whether the tasks of a job of the DefaultScheduler are placed by the provider. */
    public static boolean isActive(JobType jobType, Configuration configuration) {
        return jobType == JobType.STREAMING
                && configuration.get(PlacementOptions.MODE) != PlacementOptions.Mode.UPSTREAM
                && Features.ofCluster(configuration).isActive(Feature.PLACEMENT);
    }

    /** The provider's factory of the scheduler of a job, or upstream's. */
    public static SchedulerNGFactory schedulerFactory(
            JobType jobType, Configuration configuration, SchedulerNGFactory upstream) {
        return isActive(jobType, configuration) ? provider().schedulerFactory(upstream) : upstream;
    }

    /** The provider's strategy of slot sharing, or upstream's. */
    static SlotSharingStrategy.Factory slotSharing(
            JobType jobType, Configuration configuration, SlotSharingStrategy.Factory upstream) {
        return isActive(jobType, configuration)
                ? provider().slotSharing(configuration, upstream)
                : upstream;
    }

    /** The provider's strategy of matching requests and slots, or upstream's. */
    public static RequestSlotMatchingStrategy slotMatching(
            JobType jobType, Configuration configuration, RequestSlotMatchingStrategy upstream) {
        return isActive(jobType, configuration)
                ? provider().slotMatching(configuration, upstream)
                : upstream;
    }

    /** The provider's allocator for a job of the AdaptiveScheduler, or upstream's. */
    public static SlotAllocator slotAllocator(
            JobGraph jobGraph, Configuration configuration, SlotAllocator upstream) {
        return isActive(jobGraph.getJobType(), configuration)
                ? provider().slotAllocator(configuration, jobGraph, upstream)
                : upstream;
    }

    private static PlacementProvider provider() {
        List<PlacementProvider> providers = new ArrayList<>();
        ServiceLoader.load(PlacementProvider.class, PlacementSeam.class.getClassLoader())
                .forEach(providers::add);
        if (providers.size() != 1) {
            throw new IllegalStateException(
                    String.format(
                            "%s asks for exactly one %s on the class path, but there are %s. It is"
                                    + " in the flink-dist jar of this distribution.",
                            PlacementOptions.MODE.key(),
                            PlacementProvider.class.getName(),
                            providers));
        }
        return providers.get(0);
    }
}
