// SPDX-License-Identifier: Apache-2.0
package org.apache.flink.runtime.scheduler;

import com.pinterest.flink.scheduler.job.GroupedJob;
import org.apache.flink.runtime.scheduler.taskexecload.DefaultTaskExecutionLoad;

/**
 * The load of a planned group, which tells the group as well: it is the one thing of a group that
 * the slot pool gets to see. It never leaves the JobMaster.
 */
public final class PlannedTaskExecutionLoad extends DefaultTaskExecutionLoad {

    private static final long serialVersionUID = 1L;

    private final transient GroupedJob job;
    private final int group;

    /**
     * Tells a group.
     *
     * @param tasks how many tasks it has, as upstream counts load
     */
    public PlannedTaskExecutionLoad(GroupedJob job, int group, int tasks) {
        super(tasks);
        this.job = job;
        this.group = group;
    }

    /** The job that the group belongs to. */
    public GroupedJob job() {
        return job;
    }

    /** The number of the group. */
    public int group() {
        return group;
    }
}
