// SPDX-License-Identifier: Apache-2.0
/**
 * The memory of the job service: jobs, their revisions and epochs, and how far each operation is,
 * in an embedded SQLite database whose commits survive a power cut.
 */
package com.pinterest.flink.jobs.store;
