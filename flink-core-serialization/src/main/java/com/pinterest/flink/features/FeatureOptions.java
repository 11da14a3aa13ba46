// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.features;

import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;

/** The option that switches the features of this distribution. */
public final class FeatureOptions {

    static final String ALL = "all";
    static final String NONE = "none";

    public static final ConfigOption<List<String>> FEATURES =
            ConfigOptions.key("pinterest.features")
                    .stringType()
                    .asList()
                    .defaultValues(ALL)
                    .withDescription(
                            "Which features of this distribution are active: 'all', 'none', or a"
                                    + " list of their names. With 'none' the behaviour is that of"
                                    + " the official release. A job's configuration goes before the"
                                    + " cluster's for features that can be switched per job.");

    private FeatureOptions() {}
}
