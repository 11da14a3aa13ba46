// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.oracle;

/** A column of a table or a query. */
final class Column {

    private final String name;
    private final ColumnType type;
    private final boolean isNullable;

    Column(String name, ColumnType type, boolean isNullable) {
        this.name = name;
        this.type = type;
        this.isNullable = isNullable;
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

    Column named(String other) {
        return new Column(other, type, isNullable);
    }

    Column nullable() {
        return new Column(name, type, true);
    }

    @Override
    public String toString() {
        return name;
    }
}
