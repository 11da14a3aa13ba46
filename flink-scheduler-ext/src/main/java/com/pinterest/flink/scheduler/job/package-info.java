// SPDX-License-Identifier: Apache-2.0
/** Between the planner and Flink's schedulers: graphs of jobs, slots and where they are. */
package com.pinterest.flink.scheduler.job;
