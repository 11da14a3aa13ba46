// SPDX-License-Identifier: Apache-2.0
/**
 * The SQL queries of the NEXMark benchmark, over events that are computed from their number.
 *
 * <p>After Tucker, Tufte, Papadimos, Maier: "NEXMark: A Benchmark for Queries over Data Streams",
 * 2002, with the proportions and the additional queries that became common later.
 */
package com.pinterest.flink.benchmarks.nexmark;
