// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Properties of Kafka's client in options. */
class ClientPropertiesTest {

    @Test
    void propertiesLoseTheirPrefixAndOtherOptionsAreNone() {
        assertThat(ClientProperties.of(Map.of("properties.group.id", "g", "topic", "t")))
                .isEqualTo(Map.of("group.id", "g"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.apache.kafka.common.security.plain.PlainLoginModule required user=\"a\";",
                "org.apache.flink.kafka.shaded.org.apache.kafka.common.security.plain.PlainLoginModule"
                        + " required user=\"a\";"
            })
    void classesOfKafkaHaveTheNameOfTheJarThatTheyAreIn(String value) {
        assertThat(ClientProperties.withClassesFrom("shaded.org.apache.kafka.", value))
                .isEqualTo(
                        "shaded.org.apache.kafka.common.security.plain.PlainLoginModule required"
                                + " user=\"a\";");
        assertThat(ClientProperties.of(Map.of("properties.sasl.jaas.config", value)))
                .isEqualTo(
                        Map.of(
                                "sasl.jaas.config",
                                "org.apache.kafka.common.security.plain.PlainLoginModule required"
                                        + " user=\"a\";"));
    }
}
