// SPDX-License-Identifier: Apache-2.0
/**
 * The job service as a process: the REST interface for the command line and for pipelines, the
 * clusters over Flink's REST interface, and the loops that carry operations on and watch what runs.
 * Flink itself is not on its class path.
 */
package com.pinterest.flink.jobs.server;
