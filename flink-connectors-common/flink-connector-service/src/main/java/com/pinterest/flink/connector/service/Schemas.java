// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;

/** How protocols use schemas of Flink outside of an operator, which would give them metrics. */
@Internal
public final class Schemas {

    private Schemas() {}

    /** Opens a schema that writes. */
    public static void open(SerializationSchema<?> schema, ClassLoader userCodeClassLoader)
            throws Exception {
        schema.open(new Context(userCodeClassLoader));
    }

    /** Opens a schema that reads. */
    public static void open(DeserializationSchema<?> schema, ClassLoader userCodeClassLoader)
            throws Exception {
        schema.open(new Context(userCodeClassLoader));
    }

    /** Returns all values of a body. */
    public static <T> List<T> readAll(DeserializationSchema<T> schema, byte[] body)
            throws IOException {
        List<T> all = new ArrayList<>();
        schema.deserialize(body, new ListCollector<>(all));
        return all;
    }

    private static final class Context
            implements SerializationSchema.InitializationContext,
                    DeserializationSchema.InitializationContext {

        private final UserCodeClassLoader classLoader;

        private Context(ClassLoader userCodeClassLoader) {
            classLoader = SimpleUserCodeClassLoader.create(userCodeClassLoader);
        }

        @Override
        public MetricGroup getMetricGroup() {
            return new UnregisteredMetricsGroup();
        }

        @Override
        public UserCodeClassLoader getUserCodeClassLoader() {
            return classLoader;
        }
    }
}
