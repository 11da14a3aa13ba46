// SPDX-License-Identifier: Apache-2.0
/** The SQL connectors {@code tiered-kafka} and {@code upsert-tiered-kafka}. */
package com.pinterest.flink.connector.kafka.tiered.table;
