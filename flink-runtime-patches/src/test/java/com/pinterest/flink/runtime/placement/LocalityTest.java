// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.runtime.clusterframework.types.ResourceID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The locality of a TaskManager goes into its metadata and is found there again. */
class LocalityTest {

    private final Configuration config = new Configuration();

    @Test
    void goesIntoTheMetadata() {
        config.set(PlacementOptions.LOCALITY, " rack=r1, zone=a ");

        String metadata = Locality.addTo("", config, Map.of());

        assertThat(metadata).isEqualTo("zone=a,rack=r1");
        Locality found = Locality.of(new ResourceID("tm", metadata));
        assertThat(found.zone()).isEqualTo("a");
        assertThat(found.rack()).isEqualTo("r1");
    }

    @Test
    void followsWhatYarnHasWritten() {
        config.set(PlacementOptions.LOCALITY, "zone=a");

        String metadata = Locality.addTo("node-1:8041", config, Map.of());

        assertThat(metadata).isEqualTo("node-1:8041,zone=a");
        assertThat(Locality.of(new ResourceID("tm", metadata))).isEqualTo(Locality.parse("zone=a"));
    }

    @Test
    void theEnvironmentCountsWithoutTheOption() {
        Map<String, String> environment = Map.of("FLINK_TASKMANAGER_LOCALITY", "zone=b");

        assertThat(Locality.addTo("", config, environment)).isEqualTo("zone=b");
        config.set(PlacementOptions.LOCALITY, "zone=a");
        assertThat(Locality.addTo("", config, environment)).isEqualTo("zone=a");
    }

    @Test
    void aContainerWithoutHadoopHasNoRack() {
        Map<String, String> container = Map.of("CONTAINER_ID", "container_1", "NM_HOST", "node-1");
        config.set(PlacementOptions.MODE, PlacementOptions.Mode.AUTO);
        config.set(PlacementOptions.LOCALITY, "zone=a");

        assertThat(Locality.addTo("node-1:8041", config, container))
                .isEqualTo("node-1:8041,zone=a");
    }

    @Test
    void anotherLocalityFillsTheGaps() {
        Locality file = Locality.parse("zone=b,rack=r2");

        assertThat(Locality.parse("rack=r1").orElse(file)).hasToString("zone=b,rack=r1");
        assertThat(Locality.parse("zone=a,rack=r1").orElse(file)).hasToString("zone=a,rack=r1");
        assertThat(Locality.UNKNOWN.orElse(file)).isEqualTo(file);
    }

    @Test
    void withoutItTheMetadataStays() {
        assertThat(Locality.addTo("node-1:8041", config, Map.of())).isEqualTo("node-1:8041");
        assertThat(Locality.of(new ResourceID("tm", "node-1:8041"))).isSameAs(Locality.UNKNOWN);
        assertThat(Locality.UNKNOWN).hasToString("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "zone=", "zone=a,zone=b", "zone=a;rack=b", "zone=a,"})
    void refusesOtherForms(String value) {
        assertThatThrownBy(() -> Locality.parse(value))
                .isInstanceOf(IllegalConfigurationException.class)
                .hasMessageContaining("taskmanager.locality")
                .hasMessageContaining("'" + value + "'");
    }
}
