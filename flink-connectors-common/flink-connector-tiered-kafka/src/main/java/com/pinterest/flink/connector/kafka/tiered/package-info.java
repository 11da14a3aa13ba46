// SPDX-License-Identifier: Apache-2.0
/** A source that reads a topic from its archive and from Kafka as one stream, and the archiver. */
package com.pinterest.flink.connector.kafka.tiered;
