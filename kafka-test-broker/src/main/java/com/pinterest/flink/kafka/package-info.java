// SPDX-License-Identifier: Apache-2.0
/** Kafka in a process of its own. */
package com.pinterest.flink.kafka;
