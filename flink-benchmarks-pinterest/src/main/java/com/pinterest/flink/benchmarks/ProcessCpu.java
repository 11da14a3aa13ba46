// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The CPU time of this process, its garbage collector and compiler included. */
public final class ProcessCpu {

    private ProcessCpu() {}

    /** Nanoseconds since the start of the process, in steps of about 10 ms. */
    public static long nanoseconds() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
