// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.Serializable;
import java.util.Objects;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.configuration.MemorySize;

/**
 * How fast a source may read: records a second, bytes a second of keys and values, or both. A limit
 * of the source is shared by its partitions, wherever they are read, and not by its subtasks: a
 * subtask without partitions has no share.
 *
 * <p>Immutable.
 */
@PublicEvolving
public final class RateLimit implements Serializable {

    private static final long serialVersionUID = 1L;

    /** What a limit is the limit of. */
    public enum Scope {
        /** All partitions of the source together. */
        SOURCE,
        /** Each partition. */
        PARTITION
    }

    private final double records;
    private final double bytes;
    private final Scope scope;

    private RateLimit(double records, double bytes, Scope scope) {
        this.records = records;
        this.bytes = bytes;
        this.scope = scope;
    }

    /**
     * Returns a limit of the source.
     *
     * @param records a second, more than 0
     */
    public static RateLimit ofRecords(double records) {
        if (!(records > 0)) {
            throw new IllegalArgumentException(
                    "A rate limit of " + records + " records a second: it has to be more than 0");
        }
        return new RateLimit(records, Double.POSITIVE_INFINITY, Scope.SOURCE);
    }

    /** Returns a limit of the source, of so many bytes a second, more than 0. */
    public static RateLimit ofBytes(MemorySize bytes) {
        if (bytes.getBytes() <= 0) {
            throw new IllegalArgumentException(
                    "A rate limit of " + bytes + " a second: it has to be more than 0");
        }
        return new RateLimit(Double.POSITIVE_INFINITY, bytes.getBytes(), Scope.SOURCE);
    }

    /** Returns a limit that keeps both, with the scope of this one. */
    public RateLimit and(RateLimit other) {
        return new RateLimit(Math.min(records, other.records), Math.min(bytes, other.bytes), scope);
    }

    /** Returns this limit with another scope. */
    public RateLimit per(Scope what) {
        return new RateLimit(records, bytes, Objects.requireNonNull(what, "what"));
    }

    /** Records a second, infinite if there is no such limit. */
    double records() {
        return records;
    }

    /** Bytes a second, infinite if there is no such limit. */
    double bytes() {
        return bytes;
    }

    Scope scope() {
        return scope;
    }
}
