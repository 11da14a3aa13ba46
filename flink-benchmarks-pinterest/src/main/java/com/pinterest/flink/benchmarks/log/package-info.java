// SPDX-License-Identifier: Apache-2.0
/** Replay and archiving of Kafka topics, compared with {@code KafkaSource}. */
package com.pinterest.flink.benchmarks.log;
