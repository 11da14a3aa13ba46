// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.config;

import java.util.Map;
import java.util.Properties;
import org.apache.flink.annotation.Internal;

/** The options that Kafka's client is given as they are. */
@Internal
public final class ClientProperties {

    /** What their names begin with. */
    public static final String PREFIX = "properties.";

    private ClientProperties() {}

    /** Returns them, without the prefix. */
    public static Properties of(Map<String, String> options) {
        Properties properties = new Properties();
        options.forEach(
                (option, value) -> {
                    if (option.startsWith(PREFIX)) {
                        properties.setProperty(option.substring(PREFIX.length()), value);
                    }
                });
        return properties;
    }
}
