// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code pinterest.features} says what is active in a cluster and in a job. */
class FeaturesTest {

    private static final Feature OF_CLUSTER = new Feature("placing", Feature.Scope.CLUSTER);
    private static final Feature OF_JOB = new Feature("packing", Feature.Scope.JOB);
    private static final Feature ALSO_OF_JOB = new Feature("sorting", Feature.Scope.JOB);
    private static final List<Feature> KNOWN = List.of(OF_CLUSTER, OF_JOB, ALSO_OF_JOB);

    @Test
    void allIsTheDefault() {
        assertThat(Features.ofCluster(new Configuration()).isActive(Feature.RATE_LIMITED_SOURCE))
                .isTrue();
        assertThat(Features.ofJob(new Configuration(), new Configuration(), KNOWN))
                .hasToString("placing, packing, sorting");
    }

    @Test
    void noneTurnsEverythingOff() {
        Features features = Features.ofCluster(config("none"));

        assertThat(features.isActive(Feature.RATE_LIMITED_SOURCE)).isFalse();
        assertThat(features).hasToString("none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"packing;placing", "packing,placing", "[packing, placing]"})
    void aListNamesWhatIsActive(String list) {
        assertThat(Features.ofJob(config(list), new Configuration(), KNOWN))
                .hasToString("placing, packing");
    }

    @Test
    void theJobsWordCountsForFeaturesOfItsScopeOnly() {
        assertThat(Features.ofJob(config("all"), config("none"), KNOWN)).hasToString("placing");
        assertThat(Features.ofJob(config("none"), config("all"), KNOWN))
                .hasToString("packing, sorting");
        assertThat(Features.ofJob(config("placing"), config("sorting"), KNOWN))
                .hasToString("placing, sorting");
    }

    @Test
    void whatComesOutIsAValueOfTheOption() {
        for (String value : List.of("all", "none", "packing")) {
            Features features = Features.ofJob(config(value), new Configuration(), KNOWN);
            Configuration again = new Configuration();
            again.set(FeatureOptions.FEATURES, features.toOption());

            assertThat(Features.ofJob(again, again, KNOWN)).hasToString(features.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"packng", "all,packing", "packing;none", "ALL", ",", "[]"})
    void whatMakesNoSenseIsRefused(String value) {
        assertThatThrownBy(() -> Features.ofJob(config("all"), config(value), KNOWN))
                .isInstanceOf(IllegalConfigurationException.class)
                .hasMessageStartingWith("pinterest.features must be 'all', 'none', or a list of")
                .hasMessageContaining("[placing, packing, sorting]");
    }

    private static Configuration config(String features) {
        Configuration configuration = new Configuration();
        configuration.setString("pinterest.features", features);
        return configuration;
    }
}
