// SPDX-License-Identifier: Apache-2.0
package org.apache.flink.runtime.scheduler;

import com.pinterest.flink.scheduler.job.GroupedJob;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import javax.annotation.Nonnull;
import org.apache.flink.runtime.scheduler.strategy.ExecutionVertexID;
import org.apache.flink.runtime.scheduler.taskexecload.TaskExecutionLoad;

/**
 * The groups of a {@link GroupedJob}, as the DefaultScheduler asks for them. Immutable: a streaming
 * job's topology does not change.
 */
final class PlannedSlotSharingStrategy implements SlotSharingStrategy {

    private final Map<ExecutionVertexID, ExecutionSlotSharingGroup> groupOf = new HashMap<>();

    PlannedSlotSharingStrategy(GroupedJob job) {
        for (int group = 0; group < job.groups(); group++) {
            ExecutionSlotSharingGroup planned = new PlannedGroup(job, group);
            for (ExecutionVertexID task : job.tasksOf(group)) {
                planned.addVertex(task);
                groupOf.put(task, planned);
            }
        }
    }

    @Override
    public ExecutionSlotSharingGroup getExecutionSlotSharingGroup(
            ExecutionVertexID executionVertexId) {
        return groupOf.get(executionVertexId);
    }

    @Override
    public Set<ExecutionSlotSharingGroup> getExecutionSlotSharingGroups() {
        return new HashSet<>(groupOf.values());
    }

    private static final class PlannedGroup extends ExecutionSlotSharingGroup {

        private final GroupedJob job;
        private final int group;

        PlannedGroup(GroupedJob job, int group) {
            super(job.sharingGroupOf(group));
            this.job = job;
            this.group = group;
        }

        @Nonnull
        @Override
        public TaskExecutionLoad getTaskExecutionLoad() {
            return new PlannedTaskExecutionLoad(job, group, getExecutionVertexIds().size());
        }
    }
}
