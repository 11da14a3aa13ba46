// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.IOException;
import java.util.Optional;
import javax.annotation.Nullable;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/**
 * A record on its way to the subtask that writes its partition of an archive: topic, partition, and
 * the rest in bytes. Tuples cross the network without Kryo.
 */
final class ArchiveRecord {

    static final TypeInformation<Tuple3<String, Integer, byte[]>> TYPE =
            Types.TUPLE(
                    Types.STRING, Types.INT, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);

    private ArchiveRecord() {}

    /**
     * @param timestamp in milliseconds
     */
    static Tuple3<String, Integer, byte[]> of(
            ProducerRecord<byte[], byte[]> record, int partition, long timestamp)
            throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        out.writeLong(timestamp);
        writeBytes(record.key(), out);
        writeBytes(record.value(), out);
        Header[] headers = record.headers().toArray();
        out.writeInt(headers.length);
        for (Header header : headers) {
            out.writeUTF(header.key());
            writeBytes(header.value(), out);
        }
        return Tuple3.of(record.topic(), partition, out.getCopyOfBuffer());
    }

    static TopicPartition partition(Tuple3<String, Integer, byte[]> record) {
        return new TopicPartition(record.f0, record.f1);
    }

    /** Returns the record as a consumer would get it at an offset. */
    static ConsumerRecord<byte[], byte[]> at(long offset, Tuple3<String, Integer, byte[]> record)
            throws IOException {
        DataInputDeserializer in = new DataInputDeserializer(record.f2);
        long timestamp = in.readLong();
        byte[] key = readBytes(in);
        byte[] value = readBytes(in);
        Headers headers = new RecordHeaders();
        for (int left = in.readInt(); left > 0; left--) {
            headers.add(in.readUTF(), readBytes(in));
        }
        return new ConsumerRecord<>(
                record.f0,
                record.f1,
                offset,
                timestamp,
                TimestampType.CREATE_TIME,
                key == null ? ConsumerRecord.NULL_SIZE : key.length,
                value == null ? ConsumerRecord.NULL_SIZE : value.length,
                key,
                value,
                headers,
                Optional.empty());
    }

    private static void writeBytes(@Nullable byte[] bytes, DataOutputSerializer out)
            throws IOException {
        out.writeInt(bytes == null ? -1 : bytes.length);
        if (bytes != null) {
            out.write(bytes);
        }
    }

    @Nullable
    private static byte[] readBytes(DataInputDeserializer in) throws IOException {
        int length = in.readInt();
        if (length < 0) {
            return null;
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }
}
