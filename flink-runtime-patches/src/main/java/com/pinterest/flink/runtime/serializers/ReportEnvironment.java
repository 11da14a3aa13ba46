// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.serializers;

import com.pinterest.flink.serialization.report.FallbackReport;
import org.apache.flink.client.program.StreamPlanEnvironment;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.graph.StreamGraph;

/**
 * The environment of a main method that is called for a report: its first {@code execute()} makes
 * the report, at once, as one does not know what the main method does with the exception that
 * {@code execute()} then ends with.
 */
final class ReportEnvironment extends StreamPlanEnvironment {

    private final Ending ending;
    private final Thread mainThread = Thread.currentThread();

    /** To be called by the thread that calls the main method. */
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
        // The main method does not care about the exception, or cannot see it and may wait for
        // ever.
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
