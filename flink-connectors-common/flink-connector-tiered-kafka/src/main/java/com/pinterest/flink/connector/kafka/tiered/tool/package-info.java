// SPDX-License-Identifier: Apache-2.0
/** The command line of the archive, {@code bin/flink-archive}. */
package com.pinterest.flink.connector.kafka.tiered.tool;
