// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.deduplication;

import static org.apache.flink.util.Preconditions.checkArgument;
import static org.apache.flink.util.Preconditions.checkNotNull;
import static org.apache.flink.util.Preconditions.checkState;

import java.time.Duration;
import javax.annotation.Nullable;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.OutputTag;

/**
 * Drops records whose key was seen before, within a window of time. Of the records with a key the
 * first to arrive is emitted.
 *
 * <pre>{@code
 * DataStream<Click> unique =
 *         Deduplication.by(Click::getId, Types.STRING)
 *                 .within(Duration.ofHours(24))
 *                 .applyTo(clicks)
 *                 .uid("unique-clicks");
 * }</pre>
 *
 * <p>A record is a duplicate if a record with its key was emitted whose time is at most the window
 * apart. Records up to 1/24 of the window further apart may be taken for duplicates, too. In event
 * time, keys are remembered until the watermark is a window behind them; a record that is more than
 * a window before the watermark is {@linkplain LateRecords late}.
 *
 * <p>A key takes 8 bytes of state, a fingerprint of its hash, so that a new key is taken for
 * another one with a very small probability, which the log and the metric {@code
 * falseDropProbability} show. {@link #withWideFingerprints} and {@link #exact} make it smaller, or
 * zero, for more memory and time. A duplicate is never missed.
 *
 * <p>This is a builder: its methods change it and return it. Not thread-safe.
 *
 * @param <T> the type of the records
 * @param <K> the type of the keys; equal keys must be serialized alike
 */
@PublicEvolving
public final class Deduplication<T, K> {

    /** A subtask of a job with the parallelism 16 has 256 pages. */
    private static final int DEFAULT_PAGES = 4096;

    private static final int MAX_PAGES = 1 << 20;

    private final KeySelector<T, K> keySelector;
    private final TypeInformation<K> keyType;

    Duration window;
    boolean eventTime = true;
    boolean refresh;
    boolean wide;
    int pages = DEFAULT_PAGES;
    MemorySize memoryLimit = MemorySize.ZERO;
    LateRecords lateRecords = LateRecords.SIDE_OUTPUT;
    @Nullable OutputTag<T> duplicateTag;

    /** Fewer than 64 in tests, which need keys that are taken for one another. */
    int fingerprintBits = Long.SIZE;

    private boolean exact;

    private Deduplication(KeySelector<T, K> keySelector, TypeInformation<K> keyType) {
        this.keySelector = checkNotNull(keySelector, "keySelector");
        this.keyType = checkNotNull(keyType, "keyType");
    }

    /**
     * Creates a deduplication.
     *
     * @param keySelector returns the key of a record, which must not be null
     * @param keyType the type of the key
     */
    public static <T, K> Deduplication<T, K> by(
            KeySelector<T, K> keySelector, TypeInformation<K> keyType) {
        return new Deduplication<>(keySelector, keyType);
    }

    /** Sets how far apart duplicates may be; at least a millisecond. Required. */
    public Deduplication<T, K> within(Duration length) {
        checkArgument(
                length.toMillis() > 0,
                "The window must be at least a millisecond long, not %s",
                length);
        window = length;
        return this;
    }

    /** Compares records by their timestamps. This is the default. */
    public Deduplication<T, K> inEventTime() {
        eventTime = true;
        return this;
    }

    /**
     * Compares records by the time at which they arrive. That time stands still while the job does
     * not run.
     */
    public Deduplication<T, K> inProcessingTime() {
        eventTime = false;
        return this;
    }

    /**
     * Lets a duplicate extend the window of its key: a key is forgotten once it has not been seen
     * for a window.
     */
    public Deduplication<T, K> refreshedByDuplicates() {
        refresh = true;
        return this;
    }

    /** Sets what happens to late records; {@link LateRecords#SIDE_OUTPUT} by default. */
    public Deduplication<T, K> withLateRecords(LateRecords policy) {
        lateRecords = checkNotNull(policy, "policy");
        return this;
    }

    /** Emits duplicates to a side output. Without it they are only counted. */
    public Deduplication<T, K> withDuplicatesTo(OutputTag<T> tag) {
        duplicateTag = checkNotNull(tag, "tag");
        return this;
    }

    /** Keeps 128 bits of the hash of a key instead of 64, for 16 bytes of state a key. */
    public Deduplication<T, K> withWideFingerprints() {
        wide = true;
        return this;
    }

    /**
     * Keeps the keys themselves in the state backend: no key is ever taken for another one, and
     * each record is an access to the state.
     */
    public Deduplication<T, K> exact() {
        exact = true;
        return this;
    }

    /**
     * Sets the number of pages that all keys are distributed to; 4096 by default. The parallelism
     * cannot be larger, and the number cannot change while there is state. Large jobs have fewer
     * keys of others in a page, so that the probability of a false drop is smaller; small ones have
     * fewer values in a checkpoint with fewer pages.
     */
    public Deduplication<T, K> withPages(int number) {
        checkArgument(
                number > 0 && number <= MAX_PAGES,
                "The number of pages must be between 1 and %s, not %s",
                MAX_PAGES,
                number);
        pages = number;
        return this;
    }

    /**
     * Sets the memory that a subtask may use for keys. A subtask that needs more fails the job with
     * a message. By default, all slots of a TaskManager share half of its heap.
     */
    public Deduplication<T, K> withMemoryLimit(MemorySize limit) {
        checkArgument(limit.getBytes() > 0, "The memory limit must not be zero");
        memoryLimit = limit;
        return this;
    }

    /** The side output of late records. */
    public static <T> OutputTag<T> lateTag(TypeInformation<T> recordType) {
        return new OutputTag<>("late-records", recordType);
    }

    /**
     * Adds the operator to a stream.
     *
     * @return the stream of first records, whose uid should be set
     * @throws IllegalStateException if there is no window
     */
    public SingleOutputStreamOperator<T> applyTo(DataStream<T> stream) {
        checkState(window != null, "The window of the deduplication is missing: call within()");
        KeySelector<T, K> key = stream.getExecutionEnvironment().clean(keySelector);
        TypeInformation<T> type = stream.getType();
        Settings<T> settings = new Settings<>(this, lateTag(type));
        if (exact) {
            return stream.keyBy(key, keyType)
                    .process(new ExactDeduplication<>(settings), type)
                    .name("Deduplication");
        }
        TypeSerializer<K> serializer =
                keyType.createSerializer(
                        stream.getExecutionEnvironment().getConfig().getSerializerConfig());
        return stream.keyBy(new PageSelector<>(key, serializer, pages), Types.INT)
                .transform(
                        "Deduplication",
                        type,
                        new DeduplicationOperator<>(key, serializer, settings));
    }
}
