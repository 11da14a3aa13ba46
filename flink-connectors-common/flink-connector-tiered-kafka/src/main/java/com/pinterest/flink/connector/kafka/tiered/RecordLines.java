// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Queue;
import javax.annotation.Nullable;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.reader.SimpleStreamFormat;
import org.apache.flink.connector.file.src.reader.StreamFormat;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.Collector;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The format of files with one record a line: its bytes are what the value of a record in Kafka
 * would be.
 *
 * @param <T> the type of the records
 */
final class RecordLines<T> extends SimpleStreamFormat<T> {

    private static final long serialVersionUID = 1L;

    private final String topic;
    private final KafkaRecordDeserializationSchema<T> deserializer;

    RecordLines(String topic, KafkaRecordDeserializationSchema<T> deserializer) {
        this.topic = topic;
        this.deserializer = deserializer;
    }

    @Override
    public StreamFormat.Reader<T> createReader(Configuration config, FSDataInputStream stream)
            throws IOException {
        try {
            deserializer.open(new Context());
        } catch (Exception e) {
            throw new IOException("Cannot open the deserializer " + deserializer, e);
        }
        return new Reader(new BufferedInputStream(stream, 1 << 16));
    }

    @Override
    public TypeInformation<T> getProducedType() {
        return deserializer.getProducedType();
    }

    private final class Reader implements StreamFormat.Reader<T> {

        private final InputStream stream;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        /** What a line became that is not read yet: a deserializer may make several records. */
        private final Queue<T> records = new ArrayDeque<>();

        private final Collector<T> collector =
                new Collector<>() {

                    @Override
                    public void collect(T record) {
                        records.add(record);
                    }

                    @Override
                    public void close() {
                        // Nothing is open.
                    }
                };
        private long lines;

        private Reader(InputStream stream) {
            this.stream = stream;
        }

        @Nullable
        @Override
        public T read() throws IOException {
            while (records.isEmpty()) {
                byte[] value = nextLine();
                if (value == null) {
                    return null;
                }
                deserializer.deserialize(
                        new ConsumerRecord<>(topic, 0, lines++, null, value), collector);
            }
            return records.remove();
        }

        @Nullable
        private byte[] nextLine() throws IOException {
            line.reset();
            int next = stream.read();
            if (next < 0) {
                return null;
            }
            while (next >= 0 && next != '\n') {
                line.write(next);
                next = stream.read();
            }
            return line.toByteArray();
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }

    private static final class Context implements DeserializationSchema.InitializationContext {

        @Override
        public MetricGroup getMetricGroup() {
            return new UnregisteredMetricsGroup();
        }

        @Override
        public UserCodeClassLoader getUserCodeClassLoader() {
            return SimpleUserCodeClassLoader.create(Thread.currentThread().getContextClassLoader());
        }
    }
}
