// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.faults;

import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Makes of a record its partition, offset and value. */
final class PartitionOffsetText
        implements KafkaRecordDeserializationSchema<Tuple3<Integer, Long, String>> {

    private static final long serialVersionUID = 1L;

    @Override
    public void deserialize(
            ConsumerRecord<byte[], byte[]> record, Collector<Tuple3<Integer, Long, String>> out) {
        out.collect(
                Tuple3.of(
                        record.partition(),
                        record.offset(),
                        new String(record.value(), StandardCharsets.UTF_8)));
    }

    @Override
    public TypeInformation<Tuple3<Integer, Long, String>> getProducedType() {
        return Types.TUPLE(Types.INT, Types.LONG, Types.STRING);
    }
}
