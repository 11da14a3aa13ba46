// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.IOException;
import java.util.Properties;
import java.util.function.Supplier;
import javax.annotation.Nullable;
import org.apache.flink.metrics.Counter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the bad records of a source or a sink that do not fail the job: counts them, and logs them
 * or puts them aside. Used by the task's thread only.
 */
final class BadRecordOutput implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BadRecordOutput.class);

    private final Counter errors;
    @Nullable private final DeadLetters deadLetters;

    /**
     * @param clientProperties how the topic for dead letters is reached
     * @param errors counts bad records
     */
    BadRecordOutput(BadRecords badRecords, Properties clientProperties, Counter errors) {
        this.errors = errors;
        this.deadLetters =
                badRecords.handler() == BadRecordHandler.DEAD_LETTER
                        ? badRecords.open(clientProperties)
                        : null;
    }

    /**
     * Takes a record.
     *
     * @param name what the log calls it
     * @param letter makes that of the record, if there is a place for it
     */
    void add(Supplier<String> name, Supplier<DeadLetter> letter, Exception error)
            throws IOException {
        errors.inc();
        if (deadLetters == null) {
            LOG.warn("Left out {}", name.get(), error);
        } else {
            deadLetters.add(letter.get());
        }
    }

    /** Makes dead letters safe. */
    void flush() throws IOException {
        if (deadLetters != null) {
            deadLetters.flush();
        }
    }

    @Override
    public void close() throws IOException {
        if (deadLetters != null) {
            deadLetters.close();
        }
    }
}
