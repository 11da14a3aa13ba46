// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.serialization;

import java.util.List;
import java.util.Objects;

/** A bean of beans that goes through Kryo, like {@link Visit}. */
public final class Session {

    private final String id;
    private final Visit first;
    private final List<Visit> others;

    Session(String id, Visit first, List<Visit> others) {
        this.id = id;
        this.first = first;
        this.others = others;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Session that
                && id.equals(that.id)
                && first.equals(that.first)
                && others.equals(that.others);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, first, others);
    }
}
