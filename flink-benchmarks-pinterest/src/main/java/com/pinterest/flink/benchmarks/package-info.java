// SPDX-License-Identifier: Apache-2.0
/**
 * Comparisons of the distribution with its vanilla twin. {@link
 * com.pinterest.flink.benchmarks.Benchmarks} runs the workloads of an area on the jars of both in
 * turns, each in its own process, and reports ratios. Each area has a package with its workloads.
 */
package com.pinterest.flink.benchmarks;
