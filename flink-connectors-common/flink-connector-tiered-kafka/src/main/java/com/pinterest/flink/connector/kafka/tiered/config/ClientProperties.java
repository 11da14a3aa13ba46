// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.config;

import java.util.Map;
import java.util.Properties;
import org.apache.flink.annotation.Internal;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * The options that Kafka's client is given as they are, but for names of its classes. In the SQL
 * jar Kafka's classes have another package than elsewhere. A class may be named as it is called in
 * Kafka, or as it is called in {@code flink-sql-connector-kafka}.
 */
@Internal
public final class ClientProperties {

    /** What their names begin with. */
    public static final String PREFIX = "properties.";

    /** Not a literal, since the build of the SQL jar would relocate it. */
    private static final String KAFKA = String.join(".", "org", "apache", "kafka", "");

    private static final String IN_OFFICIAL_SQL_JAR = "org.apache.flink.kafka.shaded." + KAFKA;

    /** The package of Kafka's classes here. */
    private static final String HERE =
            KafkaConsumer.class
                    .getName()
                    .substring(
                            0,
                            KafkaConsumer.class.getName().length()
                                    - "clients.consumer.KafkaConsumer".length());

    private ClientProperties() {}

    /** Returns them, without the prefix. */
    public static Properties of(Map<String, String> options) {
        Properties properties = new Properties();
        options.forEach(
                (option, value) -> {
                    if (option.startsWith(PREFIX)) {
                        properties.setProperty(
                                option.substring(PREFIX.length()), withClassesFrom(HERE, value));
                    }
                });
        return properties;
    }

    /** Returns a value with classes of Kafka named as they are called in a package. */
    static String withClassesFrom(String kafkaPackage, String value) {
        // First as in Kafka, since one of the names contains the other.
        return value.replace(IN_OFFICIAL_SQL_JAR, KAFKA).replace(KAFKA, kafkaPackage);
    }
}
