// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights.reference;

import java.util.List;
import java.util.stream.Collectors;

/** A row of a table: strings, {@code Long}s and {@code BigDecimal}s. Immutable. */
final class Row {

    private final List<Object> values;

    private Row(List<Object> values) {
        this.values = values;
    }

    static Row of(Object... values) {
        return new Row(List.of(values));
    }

    static Row of(List<Object> values) {
        return new Row(List.copyOf(values));
    }

    String text(int column) {
        return values.get(column).toString();
    }

    long number(int column) {
        return (Long) values.get(column);
    }

    List<String> texts() {
        return values.stream().map(Object::toString).collect(Collectors.toList());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Row && values.equals(((Row) other).values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return String.join(",", texts());
    }
}
