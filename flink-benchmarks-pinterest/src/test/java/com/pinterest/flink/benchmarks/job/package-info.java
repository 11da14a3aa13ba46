// SPDX-License-Identifier: Apache-2.0
/** Tests of the jobs in one process; their clusters are those of the distribution. */
package com.pinterest.flink.benchmarks.job;
