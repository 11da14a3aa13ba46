// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.security.CodeSource;
import java.util.Arrays;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.common.TopicPartition;

/**
 * Finds out early whether the classes of {@code flink-connector-kafka} are those of {@code
 * flink-sql-connector-kafka}. That jar relocates Kafka's classes, but not its own, and from {@code
 * lib/} they are loaded before those in a job's jar.
 */
final class KafkaConnectorCheck {

    private KafkaConnectorCheck() {}

    /**
     * Fails if the connector cannot work with Kafka's classes.
     *
     * @throws IllegalStateException if they are relocated; it names the jar
     */
    static void requireUsable() {
        boolean usable =
                Arrays.stream(KafkaPartitionSplit.class.getConstructors())
                        .anyMatch(each -> each.getParameterTypes()[0] == TopicPartition.class);
        if (!usable) {
            CodeSource source = KafkaPartitionSplit.class.getProtectionDomain().getCodeSource();
            throw new IllegalStateException(
                    "The classes of flink-connector-kafka come from "
                            + (source == null ? "the class path of Flink" : source.getLocation())
                            + ", which has Kafka's classes under another name, as"
                            + " flink-sql-connector-kafka does. Take that jar out of lib/ of the"
                            + " installation, and pass it to SQL jobs (--jar) instead.");
        }
    }
}
