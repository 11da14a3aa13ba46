// SPDX-License-Identifier: Apache-2.0
/** Replay and archiving of Kafka topics, SQL and sinks, compared with those of Kafka. */
package com.pinterest.flink.benchmarks.log;
