// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.serialization;

import org.apache.flink.api.common.typeutils.TypeSerializer;

/** The benchmark of the yardstick, {@link EventSerializer}. */
public class Pojo15HandWritten extends EventBenchmark {

    @Override
    TypeSerializer<Event> serializer() {
        return EventSerializer.INSTANCE;
    }
}
