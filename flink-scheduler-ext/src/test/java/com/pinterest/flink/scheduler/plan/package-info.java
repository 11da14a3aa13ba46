// SPDX-License-Identifier: Apache-2.0
/** Tests of the planner. */
package com.pinterest.flink.scheduler.plan;
