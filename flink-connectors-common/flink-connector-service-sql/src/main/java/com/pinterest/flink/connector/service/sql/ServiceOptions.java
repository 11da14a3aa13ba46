// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.sql;

import java.time.Duration;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** The options of a table with {@code 'connector' = 'service'}, besides Flink's own. */
@PublicEvolving
public final class ServiceOptions {

    /** The prefix of HTTP headers. */
    static final String HEADER_PREFIX = "header.";

    public static final ConfigOption<Protocol> PROTOCOL =
            ConfigOptions.key("protocol")
                    .enumType(Protocol.class)
                    .noDefaultValue()
                    .withDescription("How the service is called: 'http', 'jdbc' or 'redis'.");

    public static final ConfigOption<String> URL =
            ConfigOptions.key("url")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "The address that keys are posted to, the driver's for a database, or that"
                                    + " of a Redis server.");

    public static final ConfigOption<String> TABLE_NAME =
            ConfigOptions.key("table-name")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("The table of a database, as a query has it after FROM.");

    public static final ConfigOption<String> USERNAME =
            ConfigOptions.key("username")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("The user of a database or of Redis.");

    public static final ConfigOption<String> PASSWORD =
            ConfigOptions.key("password")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("The password of that user.");

    public static final ConfigOption<String> KEY_PREFIX =
            ConfigOptions.key("key-prefix")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("What the names of all keys in Redis begin with.");

    public static final ConfigOption<Integer> BATCH_SIZE =
            ConfigOptions.key("lookup.batch.max-size")
                    .intType()
                    .defaultValue(50)
                    .withDescription("The keys of a call.");

    public static final ConfigOption<Duration> BATCH_DELAY =
            ConfigOptions.key("lookup.batch.max-wait")
                    .durationType()
                    .defaultValue(Duration.ofMillis(5))
                    .withDescription("How long a key waits for others.");

    public static final ConfigOption<Duration> TIMEOUT =
            ConfigOptions.key("lookup.timeout")
                    .durationType()
                    .defaultValue(Duration.ofSeconds(5))
                    .withDescription("After which time a call has failed.");

    public static final ConfigOption<Integer> MAX_CONCURRENCY =
            ConfigOptions.key("lookup.concurrency.max")
                    .intType()
                    .defaultValue(8)
                    .withDescription(
                            "Calls of a TaskManager at the same time, for a database its"
                                    + " connections.");

    /** How a service is called. */
    public enum Protocol {
        HTTP,
        JDBC,
        REDIS
    }

    private ServiceOptions() {}
}
