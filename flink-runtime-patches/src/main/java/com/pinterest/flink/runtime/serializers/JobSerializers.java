// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.serializers;

import com.pinterest.flink.serialization.report.FallbackReport;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.streaming.api.graph.ExecutionPlan;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.slf4j.Logger;

/** The types of a job that go through Kryo, as far as its graph shows them. */
public final class JobSerializers {

    private JobSerializers() {}

    /**
     * Reports on what the operators of a job take in and give out, and on what they are keyed by. A
     * side output is what another operator takes in. State is not in a graph: functions declare it
     * when they are opened.
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
     * Writes the report on a job that starts into its JobManager's log, as one line; nothing if no
     * type goes through Kryo or the plan has no types any more. A job never fails of it.
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
