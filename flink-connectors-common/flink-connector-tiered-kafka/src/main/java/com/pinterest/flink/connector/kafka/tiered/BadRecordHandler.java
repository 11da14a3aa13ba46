// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

/**
 * What is done with a record that the deserializer of a source or the serializer of a sink fails
 * at.
 */
public enum BadRecordHandler {

    /** The job fails. */
    FAIL("fail"),

    /** The record is counted and logged, without its content, and left out. */
    LOG("log"),

    /** The record is counted and written to a topic or to files, and left out. */
    DEAD_LETTER("dead-letter");

    private final String value;

    BadRecordHandler(String value) {
        this.value = value;
    }

    /** The value of the option. */
    @Override
    public String toString() {
        return value;
    }
}
