// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.serializers;

import com.pinterest.flink.serialization.report.FallbackReport;
import org.apache.flink.client.program.StreamPlanEnvironment;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.graph.StreamGraph;

/**
 * The execution environment of a main method that is called for a report. Its first {@code
 * execute()} makes the report immediately and then throws an exception, because it is unknown what
 * the main method does with the exception.
 */
final class ReportEnvironment extends StreamPlanEnvironment {

    private final Ending ending;
    private final Thread mainThread = Thread.currentThread();

    /** Creates the environment, in the thread that calls the main method. */
    ReportEnvironment(
            Configuration configuration, ClassLoader userLoader, int parallelism, Ending ending) {
        super(configuration, userLoader, parallelism);
        this.ending = ending;
    }

    @Override
    public JobClient executeAsync(StreamGraph job) {
        boolean isFirst = !ending.hasResult();
        if (isFirst) {
            handIn(job);
        }
        // The main method ignores the exception, or cannot see it and may wait forever.
        if (!isFirst || Thread.currentThread() != mainThread) {
            ending.now();
        }
        return super.executeAsync(job);
    }

    private void handIn(StreamGraph job) {
        FallbackReport report;
        try {
            report = JobSerializers.report(job);
        } catch (Throwable e) {
            ending.with(e);
            return;
        }
        ending.with(report);
    }
}
