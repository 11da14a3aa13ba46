// SPDX-License-Identifier: Apache-2.0
/** Figures of the job service: its start, its memory, its commands, a thousand jobs. */
package com.pinterest.flink.benchmarks.jobservice;
