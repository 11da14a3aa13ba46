// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.IOException;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Where a reader puts records that cannot be deserialized. Used by the task's thread only. */
interface DeadLetters extends AutoCloseable {

    /** Puts a record, which need not be safe before {@link #flush}. */
    void add(ConsumerRecord<byte[], byte[]> record, Throwable error) throws IOException;

    /** Returns when all records are safe. */
    void flush() throws IOException;

    /** Makes all records safe and ends. */
    @Override
    void close() throws IOException;
}
