// SPDX-License-Identifier: Apache-2.0
/**
 * Placement of tasks: the schedulers of a tree place jobs on simulated TaskManagers. See {@link
 * com.pinterest.flink.benchmarks.placement.PlacementFigures}.
 */
package com.pinterest.flink.benchmarks.placement;
