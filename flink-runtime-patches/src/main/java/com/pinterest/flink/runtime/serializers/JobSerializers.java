// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.serializers;

import com.pinterest.flink.serialization.report.FallbackReport;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.streaming.api.graph.ExecutionPlan;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.slf4j.Logger;

/** Finds the types that go through Kryo in the graph of a job. */
public final class JobSerializers {

    private JobSerializers() {}

    /**
     * Reports on the input, output and key types of the operators of a job. A side output is the
     * input of another operator. State is not covered: functions declare it when they are opened,
     * so it is not in the graph.
     */
    public static FallbackReport report(StreamGraph job) {
        FallbackReport report =
                new FallbackReport(
                        "job '" + job.getJobName() + "'",
                        job.getExecutionConfig().getSerializerConfig());
        for (StreamNode node : job.getStreamNodes()) {
            String operator = node.getOperatorName();
            for (TypeSerializer<?> in : node.getTypeSerializersIn()) {
                report.add(operator, in);
            }
            add(report, operator, node.getTypeSerializerOut());
            add(report, operator, node.getStateKeySerializer());
        }
        return report;
    }

    private static void add(FallbackReport report, String operator, TypeSerializer<?> serializer) {
        if (serializer != null) {
            report.add(operator, serializer);
        }
    }

    /**
     * Logs the report on a starting job in its JobManager, as one line. Logs nothing if no type
     * goes through Kryo, or if the plan contains no types any more. Never fails the job.
     */
    public static void log(Logger log, ExecutionPlan plan) {
        if (!(plan instanceof StreamGraph)) {
            return;
        }
        try {
            FallbackReport report = report((StreamGraph) plan);
            if (!report.isEmpty()) {
                log.info("{}", report.toLogLine());
            }
        } catch (RuntimeException | LinkageError e) {
            log.debug("No report on types that go through Kryo for job '{}'.", plan.getName(), e);
        }
    }
}
