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

    public static final ConfigOption<String> URL =
            ConfigOptions.key("url")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("The address that keys are posted to.");

    public static final ConfigOption<Integer> BATCH_SIZE =
            ConfigOptions.key("lookup.batch.size")
                    .intType()
                    .defaultValue(50)
                    .withDescription("The keys of a call.");

    public static final ConfigOption<Duration> BATCH_DELAY =
            ConfigOptions.key("lookup.batch.delay")
                    .durationType()
                    .defaultValue(Duration.ofMillis(5))
                    .withDescription("How long a key waits for others.");

    public static final ConfigOption<Duration> TIMEOUT =
            ConfigOptions.key("lookup.timeout")
                    .durationType()
                    .defaultValue(Duration.ofSeconds(5))
                    .withDescription("After which time a call has failed.");

    public static final ConfigOption<Integer> MAX_CONCURRENCY =
            ConfigOptions.key("lookup.max-concurrency")
                    .intType()
                    .defaultValue(32)
                    .withDescription("Calls of a TaskManager at the same time.");

    private ServiceOptions() {}
}
