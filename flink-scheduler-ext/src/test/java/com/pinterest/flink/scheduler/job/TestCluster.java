// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.taskmanager.TaskManagerLocation;

/** A MiniCluster that tells where tasks run. Not thread-safe. */
final class TestCluster implements AutoCloseable {

    private static final Duration HANG = Duration.ofMinutes(2);

    private final MiniCluster cluster;

    TestCluster(Configuration options, int taskManagers) throws Exception {
        options.set(RestOptions.BIND_PORT, "0");
        cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(options)
                                .setNumTaskManagers(taskManagers)
                                .setNumSlotsPerTaskManager(
                                        options.get(TaskManagerOptions.NUM_TASK_SLOTS))
                                .build());
        cluster.start();
        long end = System.nanoTime() + HANG.toNanos();
        while (connected() < taskManagers) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("TaskManagers: " + connected());
            }
            Thread.sleep(20);
        }
    }

    private int connected() throws Exception {
        return cluster.requestClusterOverview()
                .get(HANG.toSeconds(), TimeUnit.SECONDS)
                .getNumTaskManagersConnected();
    }

    /** Starts one more TaskManager. */
    void addTaskManager() throws Exception {
        cluster.startTaskManager();
    }

    /** Ends the TaskManager that was started first. */
    void removeTaskManager() throws Exception {
        cluster.terminateTaskManager(0).get(HANG.toSeconds(), TimeUnit.SECONDS);
    }

    JobID submit(JobGraph job) throws Exception {
        cluster.submitJob(job).get(HANG.toSeconds(), TimeUnit.SECONDS);
        return job.getJobID();
    }

    /** The TaskManager of each subtask of a vertex, by the index of the subtask. */
    List<String> placementOf(JobID job, JobVertex vertex) throws Exception {
        List<String> placement = new ArrayList<>();
        for (AccessExecutionVertex task :
                graphOf(job).getJobVertex(vertex.getID()).getTaskVertices()) {
            TaskManagerLocation location = task.getCurrentAssignedResourceLocation();
            placement.add(location.getResourceID().getResourceIdString());
        }
        return placement;
    }

    /** Waits until all tasks run, in their so many attempt or a later one; the first is 0. */
    void awaitRunning(JobID job, int attempt) throws Exception {
        long end = System.nanoTime() + HANG.toNanos();
        while (!isRunning(job, attempt)) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("Not all tasks run: " + graphOf(job).getState());
            }
            Thread.sleep(20);
        }
    }

    private boolean isRunning(JobID job, int attempt) throws Exception {
        int tasks = 0;
        for (AccessExecutionVertex task : graphOf(job).getAllExecutionVertices()) {
            if (task.getExecutionState() != ExecutionState.RUNNING
                    || task.getCurrentExecutionAttempt().getAttemptNumber() < attempt) {
                return false;
            }
            tasks++;
        }
        return tasks > 0;
    }

    private AccessExecutionGraph graphOf(JobID job) throws Exception {
        return cluster.getArchivedExecutionGraph(job).get(HANG.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        cluster.closeAsync().orTimeout(HANG.toSeconds(), TimeUnit.SECONDS).join();
    }
}
