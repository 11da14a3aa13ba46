// SPDX-License-Identifier: Apache-2.0
/** Deduplication and service calls, each beside what a team would write by hand. */
package com.pinterest.flink.benchmarks.common;
