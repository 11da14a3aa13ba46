// SPDX-License-Identifier: Apache-2.0
/** The command line client of the job service. Plain HTTP; no Flink on its class path. */
package com.pinterest.flink.jobs.cli;
