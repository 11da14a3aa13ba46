// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import javax.annotation.Nullable;

/**
 * A random table that a query reads. It has an id, which is its key or part of it if it has one, a
 * column k with few values, to join and group by, a column ts, which differs between rows that
 * differ, and some more; perhaps a column rt, too, that is its time of events.
 */
final class InputTable {

    private final String name;
    private final List<Column> columns;
    private final Changes changes;

    /** How many of the columns are the key. */
    private final int keyLength;

    private InputTable(String name, List<Column> columns, Changes changes, int keyLength) {
        this.name = name;
        this.columns = columns;
        this.changes = changes;
        this.keyLength = keyLength;
    }

    static InputTable random(String name, Random random) {
        int form = random.nextInt(12);
        Changes changes =
                form < 3
                        ? Changes.INSERTS
                        : form < 8
                                ? Changes.ALL
                                : form < 10 ? Changes.UPSERTS : Changes.UPSERTS_WITH_KEYS_DELETED;
        boolean hasKey = changes.areByKey() || form == 1 || form >= 5;
        int keyLength = hasKey ? (random.nextInt(6) == 0 ? 2 : 1) : 0;
        boolean isNullable = changes == Changes.UPSERTS_WITH_KEYS_DELETED || random.nextInt(3) > 0;
        List<Column> columns = new ArrayList<>();
        columns.add(new Column(name + "_id", ColumnType.INT, false));
        columns.add(new Column(name + "_k", ColumnType.INT, keyLength < 2 && isNullable));
        columns.add(new Column(name + "_v", ColumnType.INT, true));
        columns.add(
                new Column(
                        name + "_ts",
                        ColumnType.BIGINT,
                        changes == Changes.UPSERTS_WITH_KEYS_DELETED));
        for (int i = random.nextInt(3); i > 0; i--) {
            columns.add(new Column(name + "_x" + i, ColumnType.any(random), true));
        }
        if (changes == Changes.INSERTS && random.nextInt(3) == 0) {
            columns.add(new Column(name + "_rt", ColumnType.TIMESTAMP, false));
        }
        return new InputTable(name, columns, changes, keyLength);
    }

    String name() {
        return name;
    }

    List<Column> columns() {
        return columns;
    }

    Changes changes() {
        return changes;
    }

    int keyLength() {
        return keyLength;
    }

    /** The columns of the key; empty if there is none. */
    List<Column> key() {
        return columns.subList(0, keyLength);
    }

    /** Which of the columns is ts. */
    int ts() {
        return 3;
    }

    /** The time of events; null if there is none. */
    @Nullable
    Column rowtime() {
        Column last = columns.get(columns.size() - 1);
        return last.type() == ColumnType.TIMESTAMP ? last : null;
    }

    String ddl() {
        StringBuilder more = new StringBuilder();
        if (keyLength > 0) {
            more.append(", PRIMARY KEY (").append(Relation.list(key())).append(") NOT ENFORCED");
        }
        if (rowtime() != null) {
            // No row is late.
            more.append(", WATERMARK FOR ").append(rowtime()).append(" AS ").append(rowtime());
            more.append(" - INTERVAL '1' DAY");
        }
        return columns.stream()
                        .map(
                                column ->
                                        column.name()
                                                + " "
                                                + column.type().sql()
                                                + (column.isNullable() ? "" : " NOT NULL"))
                        .collect(Collectors.joining(", ", "CREATE TABLE " + name + " (", ""))
                + more
                + ") WITH ('connector' = '"
                + OracleTableFactory.NAME
                + "', 'changes' = '"
                + changes
                + "')";
    }
}
