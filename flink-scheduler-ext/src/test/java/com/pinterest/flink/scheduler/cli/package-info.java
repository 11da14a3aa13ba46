// SPDX-License-Identifier: Apache-2.0
/** Tests of {@code bin/flink-placement}. */
package com.pinterest.flink.scheduler.cli;
