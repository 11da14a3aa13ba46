// SPDX-License-Identifier: Apache-2.0
/** Whole-job measurements of sources. */
package com.pinterest.flink.benchmarks.source;
