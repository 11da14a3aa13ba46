// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.features;

import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** The option that turns the features of this distribution on or off. */
public final class FeatureOptions {

    static final String ALL = "all";
    static final String NONE = "none";

    public static final ConfigOption<List<String>> FEATURES =
            ConfigOptions.key("pinterest.features")
                    .stringType()
                    .asList()
                    .defaultValues(ALL)
                    .withDescription(
                            "The active features of this distribution: 'all', 'none', or a list of"
                                    + " names. With 'none', the behavior is that of the official"
                                    + " release. For features with the scope 'job', the job's"
                                    + " configuration takes precedence over the cluster's.");

    private FeatureOptions() {}
}
