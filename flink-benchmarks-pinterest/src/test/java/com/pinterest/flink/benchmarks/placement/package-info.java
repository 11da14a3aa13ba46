// SPDX-License-Identifier: Apache-2.0
/** Tests of the simulated cluster and its figures. */
package com.pinterest.flink.benchmarks.placement;
