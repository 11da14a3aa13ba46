// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.deduplication;

import static org.apache.flink.configuration.ConfigOptions.key;

import org.apache.flink.configuration.ConfigOption;

/** The options of deduplication by fingerprints. */
public final class FingerprintOptions {

    /** Whether the first row of a key, by processing time, is found by fingerprints. */
    public static final ConfigOption<Boolean> FINGERPRINTS =
            key("table.exec.deduplicate.fingerprints.enabled")
                    .booleanType()
                    .defaultValue(false)
                    .withDescription(
                            "Whether a query for the first row of a key by processing time keeps"
                                    + " fingerprints of keys in memory instead of the keys in the"
                                    + " state backend, if it has a state TTL. The state is another"
                                    + " one: a savepoint is restored only with the value with which"
                                    + " it was taken.");

    private FingerprintOptions() {}
}
