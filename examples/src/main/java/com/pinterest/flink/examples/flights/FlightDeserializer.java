// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A deserializer of the records that {@link FlightTopic} writes. */
final class FlightDeserializer implements KafkaRecordDeserializationSchema<Flight> {

    private static final long serialVersionUID = 1L;

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Flight> out)
            throws IOException {
        String line = new String(record.value(), StandardCharsets.UTF_8);
        String place = record.topic() + "-" + record.partition();
        Flight flight = new FlightParser(place).parse(line, record.offset());
        flight.setFrontier(record.timestamp());
        out.collect(flight);
    }

    @Override
    public TypeInformation<Flight> getProducedType() {
        return TypeInformation.of(Flight.class);
    }
}
