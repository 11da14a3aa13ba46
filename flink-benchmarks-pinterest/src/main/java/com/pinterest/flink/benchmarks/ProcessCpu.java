// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The CPU time of this process, including its garbage collector and compiler. */
public final class ProcessCpu {

    private ProcessCpu() {}

    /**
     * Returns the CPU time since the start of the process in nanoseconds, in steps of about 10 ms.
     */
    public static long nanoseconds() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
