// SPDX-License-Identifier: Apache-2.0
/** The command {@code bin/flink-placement}. */
package com.pinterest.flink.scheduler.cli;
