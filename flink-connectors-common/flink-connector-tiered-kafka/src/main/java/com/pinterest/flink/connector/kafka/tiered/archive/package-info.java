// SPDX-License-Identifier: Apache-2.0
/**
 * The archive of a Kafka topic in files: the format of a segment, its writer and reader, and the
 * catalogue that finds segments. The format is specified in {@code docs/archive-format.md}.
 */
package com.pinterest.flink.connector.kafka.tiered.archive;
