// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.runtime.PojoSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FlightTypesTest {

    @ParameterizedTest
    @ValueSource(classes = {Flight.class, Route.class, DelayStatistics.class, HourlyDelays.class})
    void areSerializedAsPojosWithoutKryo(Class<?> type) {
        // given
        SerializerConfigImpl config = new SerializerConfigImpl();
        config.setGenericTypes(false);

        // then
        assertThat(TypeInformation.of(type).createSerializer(config))
                .isInstanceOf(PojoSerializer.class);
    }
}
