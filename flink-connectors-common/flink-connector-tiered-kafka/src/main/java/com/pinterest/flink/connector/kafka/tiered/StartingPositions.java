// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.util.Collection;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Where to start reading partitions that no state knows. */
interface StartingPositions {

    /** Returns the first offset to read, for each of the partitions. */
    Map<TopicPartition, Long> find(Collection<TopicPartition> partitions, TieredOffsets offsets);
}
