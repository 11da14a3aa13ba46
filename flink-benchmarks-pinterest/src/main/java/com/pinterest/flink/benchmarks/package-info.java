// SPDX-License-Identifier: Apache-2.0
/**
 * Comparisons of the distribution with its vanilla twin: {@link
 * com.pinterest.flink.benchmarks.Benchmarks} runs the workloads of an area on the jars of both, in
 * turns, each in a process of its own, and reports ratios. The workloads stand in a package an
 * area.
 */
package com.pinterest.flink.benchmarks;
