// SPDX-License-Identifier: Apache-2.0
/** Whole jobs on clusters of separate processes, measured by the CPU of the TaskManager. */
package com.pinterest.flink.benchmarks.job;
