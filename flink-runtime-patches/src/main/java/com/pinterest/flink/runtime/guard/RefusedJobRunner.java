// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.guard;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.runtime.executiongraph.ArchivedExecutionGraph;
import org.apache.flink.runtime.executiongraph.JobStatusListener;
import org.apache.flink.runtime.jobmaster.JobManagerRunner;
import org.apache.flink.runtime.jobmaster.JobManagerRunnerResult;
import org.apache.flink.runtime.jobmaster.JobMasterGateway;
import org.apache.flink.runtime.messages.Acknowledge;
import org.apache.flink.runtime.messages.webmonitor.JobDetails;
import org.apache.flink.runtime.scheduler.ExecutionGraphInfo;
import org.apache.flink.streaming.api.graph.ExecutionPlan;
import org.apache.flink.util.concurrent.FutureUtils;

/** Ends a job that was recovered and must not run as FAILED, without running any of it. */
@SuppressWarnings("try") // close() of upstream's interface throws any exception
final class RefusedJobRunner implements JobManagerRunner {

    private final JobRefusedException cause;
    private final ExecutionGraphInfo end;
    private final JobID job;
    private final Optional<JobStatusListener> listener;
    private final CompletableFuture<JobManagerRunnerResult> result = new CompletableFuture<>();

    /**
     * @param listener is told of the end; an application ends with its only job
     */
    RefusedJobRunner(
            ExecutionPlan plan, JobRefusedException cause, Optional<JobStatusListener> listener) {
        this.cause = cause;
        this.listener = listener;
        this.job = plan.getJobID();
        this.end =
                new ExecutionGraphInfo(
                        ArchivedExecutionGraph.createSparseArchivedExecutionGraph(
                                job,
                                plan.getName(),
                                JobStatus.FAILED,
                                plan.getJobType(),
                                cause,
                                plan.getCheckpointingSettings(),
                                System.currentTimeMillis()));
    }

    @Override
    public void start() {
        listener.ifPresent(
                one -> one.jobStatusChanges(job, JobStatus.FAILED, System.currentTimeMillis()));
        result.complete(JobManagerRunnerResult.forSuccess(end));
    }

    @Override
    public CompletableFuture<JobMasterGateway> getJobMasterGateway() {
        return FutureUtils.completedExceptionally(cause);
    }

    @Override
    public CompletableFuture<JobManagerRunnerResult> getResultFuture() {
        return result;
    }

    @Override
    public JobID getJobID() {
        return job;
    }

    @Override
    public CompletableFuture<Acknowledge> cancel(Duration timeout) {
        return FutureUtils.completedExceptionally(cause);
    }

    @Override
    public CompletableFuture<JobStatus> requestJobStatus(Duration timeout) {
        return CompletableFuture.completedFuture(JobStatus.FAILED);
    }

    @Override
    public CompletableFuture<JobDetails> requestJobDetails(Duration timeout) {
        // Asked only until the dispatcher has taken the result, an instant later.
        return FutureUtils.completedExceptionally(cause);
    }

    @Override
    public CompletableFuture<ExecutionGraphInfo> requestJob(Duration timeout) {
        return CompletableFuture.completedFuture(end);
    }

    @Override
    public boolean isInitialized() {
        return true;
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        return CompletableFuture.completedFuture(null);
    }
}
