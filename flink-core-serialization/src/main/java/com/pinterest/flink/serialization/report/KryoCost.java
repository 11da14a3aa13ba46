// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.report;

import java.lang.reflect.Modifier;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The time that Kryo takes, as a multiple of that of a Flink serializer that could replace it.
 * Immutable.
 *
 * <p>The figures were measured with typical values; docs/benchmarks.md describes how to repeat the
 * measurement.
 */
public final class KryoCost {

    private static final KryoCost LIST = new KryoCost(9.6, 3.2, 12, "a list of 32 longs");
    private static final KryoCost MAP = new KryoCost(4.3, 2.2, 9, "a map of 8 entries");
    private static final KryoCost TIME = new KryoCost(9.7, 3.4, 31, "a date with time");
    private static final KryoCost TWO_LONGS = new KryoCost(7, 1.4, 3.3, "a UUID as two longs");
    private static final KryoCost POJO = new KryoCost(5, 3.6, 19, "a POJO of 8 fields");

    private static final Set<Class<?>> TIMES =
            Set.of(LocalDate.class, LocalTime.class, LocalDateTime.class);

    private final double serialize;
    private final double deserialize;
    private final double copy;
    private final String measured;

    private KryoCost(double serialize, double deserialize, double copy, String measured) {
        this.serialize = serialize;
        this.deserialize = deserialize;
        this.copy = copy;
        this.measured = measured;
    }

    /** Returns the cost for a class, if a similar value was measured. */
    static Optional<KryoCost> of(Class<?> type) {
        if (Map.class.isAssignableFrom(type)) {
            return Optional.of(MAP);
        }
        if (Collection.class.isAssignableFrom(type)) {
            return Optional.of(LIST);
        }
        if (TIMES.contains(type)) {
            return Optional.of(TIME);
        }
        if (type == UUID.class) {
            return Optional.of(TWO_LONGS);
        }
        boolean couldBePojo =
                !Modifier.isAbstract(type.getModifiers())
                        && !type.isArray()
                        && !Diagnosis.isOfALibrary(type);
        return couldBePojo ? Optional.of(POJO) : Optional.empty();
    }

    public double serialize() {
        return serialize;
    }

    public double deserialize() {
        return deserialize;
    }

    public double copy() {
        return copy;
    }

    /** Returns a description of the measured value, as the Flink serializer sees it. */
    public String measured() {
        return measured;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "measured with %s, Kryo takes %.2g, %.2g and %.2g times as long to write, read and"
                        + " copy",
                measured,
                serialize,
                deserialize,
                copy);
    }
}
