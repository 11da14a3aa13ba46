// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.serialization;

import java.util.Objects;

/** An immutable bean. Without setters it is not a POJO, so it goes through Kryo. */
public final class Visit {

    private final long id;
    private final int pages;
    private final double seconds;
    private final boolean bought;
    private final String visitor;
    private final String entry;

    Visit(long id, int pages, double seconds, boolean bought, String visitor, String entry) {
        this.id = id;
        this.pages = pages;
        this.seconds = seconds;
        this.bought = bought;
        this.visitor = visitor;
        this.entry = entry;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Visit that
                && id == that.id
                && pages == that.pages
                && Double.compare(seconds, that.seconds) == 0
                && bought == that.bought
                && visitor.equals(that.visitor)
                && entry.equals(that.entry);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, pages, seconds, bought, visitor, entry);
    }
}
