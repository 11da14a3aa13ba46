// SPDX-License-Identifier: Apache-2.0
/**
 * The protocol of the job service: how an operation on a job goes on, step by step, so that a crash
 * at any point neither loses the job nor starts it twice. It knows neither HTTP nor SQL nor Flink.
 */
package com.pinterest.flink.jobs.protocol;
