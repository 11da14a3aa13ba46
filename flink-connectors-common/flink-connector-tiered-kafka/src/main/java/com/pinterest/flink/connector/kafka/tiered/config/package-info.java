// SPDX-License-Identifier: Apache-2.0
/** Sources and sinks that configuration decides about. */
package com.pinterest.flink.connector.kafka.tiered.config;
