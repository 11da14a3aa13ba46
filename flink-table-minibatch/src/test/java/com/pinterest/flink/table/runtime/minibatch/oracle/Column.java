// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.oracle;

/** A column of a table or a query. */
final class Column {

    private final String name;
    private final ColumnType type;
    private final boolean isNullable;
    private final boolean isPadded;

    Column(String name, ColumnType type, boolean isNullable) {
        this(name, type, isNullable, false);
    }

    private Column(String name, ColumnType type, boolean isNullable, boolean isPadded) {
        this.name = name;
        this.type = type;
        this.isNullable = isNullable;
        this.isPadded = isPadded;
    }

    String name() {
        return name;
    }

    ColumnType type() {
        return type;
    }

    boolean isNullable() {
        return isNullable;
    }

    /** Whether a join without a match makes it null. */
    boolean isPadded() {
        return isPadded;
    }

    Column named(String other) {
        return new Column(other, type, isNullable, isPadded);
    }

    Column nullable() {
        return new Column(name, type, true, isPadded);
    }

    Column padded() {
        return new Column(name, type, true, true);
    }

    @Override
    public String toString() {
        return name;
    }
}
