// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.Properties;
import javax.annotation.Nullable;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.core.fs.Path;

/**
 * What a source does with records that its deserializer fails at, or a sink with those that its
 * serializer fails at, and where they go. A source counts them in the standard metric {@code
 * numRecordsInErrors}, a sink in {@code TieredKafkaSink.badRecords}.
 *
 * <p>Dead letters are written at least once: they are safe when a checkpoint completes, and written
 * again after a failure. That of a source has the key and the value of the record, byte for byte,
 * with its topic, partition, offset, timestamp and the error; that of a sink has as its value the
 * record as text, with its class, its timestamp and the error.
 *
 * <p>Immutable.
 */
@PublicEvolving
public final class BadRecords implements Serializable {

    private static final long serialVersionUID = 1L;

    /** The job fails at the first one. */
    public static final BadRecords FAIL = new BadRecords(BadRecordHandler.FAIL, null, null);

    /** They are logged, without their content. */
    public static final BadRecords LOG = new BadRecords(BadRecordHandler.LOG, null, null);

    private final BadRecordHandler handler;
    @Nullable private final String topic;
    @Nullable private final String directory;

    private BadRecords(
            BadRecordHandler handler, @Nullable String topic, @Nullable String directory) {
        this.handler = handler;
        this.topic = topic;
        this.directory = directory;
    }

    /**
     * They are sent to a topic of the same cluster, which has to exist. What a dead letter says
     * beside key and value is in headers whose names begin with {@code dead-letter.}.
     */
    public static BadRecords toTopic(String topic) {
        return new BadRecords(BadRecordHandler.DEAD_LETTER, requireNonNull(topic, "topic"), null);
    }

    /**
     * They are written to files, one JSON object a line, with key and value in Base64. A file
     * appears with a checkpoint.
     */
    public static BadRecords toFiles(Path directory) {
        return new BadRecords(BadRecordHandler.DEAD_LETTER, null, directory.toString());
    }

    /** Returns whether dead letters need the brokers. */
    boolean needsKafka() {
        return topic != null;
    }

    BadRecordHandler handler() {
        return handler;
    }

    /** Opens where dead letters go. */
    DeadLetters open(Properties clientProperties) {
        return topic == null
                ? new DeadLetterFiles(new Path(directory))
                : new DeadLetterTopic(topic, clientProperties);
    }
}
