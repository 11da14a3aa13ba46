// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RpcOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The jobs run, and report the CPU time after the warm-up. */
class BenchmarkJobTest {

    private static final int SUBTASKS = 2;
    private static final long RECORDS = 100_000;

    @ParameterizedTest
    @EnumSource
    void cpuTimeCountsFromTheEndOfTheWarmUp(BenchmarkJob job) throws Exception {
        double all = CpuReadings.cpuWhenWarm(run(job, 0), SUBTASKS);
        double last = CpuReadings.cpuWhenWarm(run(job, RECORDS / SUBTASKS - 1), SUBTASKS);

        assertThat(last).isNotNegative().isLessThan(all);
    }

    @Test
    void warmUpThatDoesNotEndIsRefused() throws Exception {
        JobExecutionResult result = run(BenchmarkJob.STRING, RECORDS);

        assertThatThrownBy(() -> CpuReadings.cpuWhenWarm(result, SUBTASKS))
                .hasMessageContaining("2 subtasks, warm at null");
    }

    private static JobExecutionResult run(BenchmarkJob job, long warmUp) throws Exception {
        Configuration configuration = new Configuration();
        // A loaded machine answers late.
        configuration.set(RpcOptions.ASK_TIMEOUT_DURATION, Duration.ofMinutes(10));
        return job.run(
                StreamExecutionEnvironment.createLocalEnvironment(SUBTASKS, configuration),
                RECORDS,
                warmUp);
    }
}
