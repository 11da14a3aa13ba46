// SPDX-License-Identifier: Apache-2.0
/**
 * The planner: decides which slot each task of a job runs in, from the job's graph, what its
 * operators cost, and where the slots are. It knows no cluster and no class of Flink.
 */
package com.pinterest.flink.scheduler.plan;
