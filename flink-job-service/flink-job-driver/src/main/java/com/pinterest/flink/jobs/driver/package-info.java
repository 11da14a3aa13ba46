// SPDX-License-Identifier: Apache-2.0

/** The driver of the job service: a process on the class path of Flink. */
package com.pinterest.flink.jobs.driver;
