// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.IOException;

/** Where records go that cannot be deserialized or serialized. Used by the task's thread only. */
interface DeadLetters extends AutoCloseable {

    /** Puts a record, which need not be safe before {@link #flush}. */
    void add(DeadLetter letter) throws IOException;

    /** Returns when all records are safe. */
    void flush() throws IOException;

    /** Makes all records safe and ends. */
    @Override
    void close() throws IOException;
}
