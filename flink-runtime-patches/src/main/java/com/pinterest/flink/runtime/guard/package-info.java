// SPDX-License-Identifier: Apache-2.0
/** The guard: a JobManager runs a job of the job service only as its current epoch. */
package com.pinterest.flink.runtime.guard;
