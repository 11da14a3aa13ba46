// SPDX-License-Identifier: Apache-2.0
/** Tests of the arithmetic; the measurements themselves are run by hand. */
package com.pinterest.flink.benchmarks;
