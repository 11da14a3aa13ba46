// SPDX-License-Identifier: Apache-2.0
/** Tests of the placement of jobs on clusters. */
package com.pinterest.flink.scheduler.job;
