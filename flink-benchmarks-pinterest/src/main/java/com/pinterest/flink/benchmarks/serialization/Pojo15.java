// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.serialization;

import org.apache.flink.api.common.typeutils.TypeSerializer;

/** The benchmark of the serializer that Flink creates for {@link Event}. */
public class Pojo15 extends EventBenchmark {

    @Override
    TypeSerializer<Event> serializer() {
        return flinkSerializer();
    }
}
