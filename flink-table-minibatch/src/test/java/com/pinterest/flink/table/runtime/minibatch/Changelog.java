// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;

/**
 * Random changes to a table of an id and the columns k, v and s: few keys, one of them hot, few
 * values, nulls, and all kinds of rows in a valid order.
 */
final class Changelog {

    private Changelog() {}

    static List<Row> random(Random random, int length) {
        int keys = 1 + random.nextInt(8);
        Map<Integer, Row> table = new TreeMap<>();
        List<Row> changes = new ArrayList<>();
        int nextId = 0;
        while (changes.size() < length) {
            int what = table.isEmpty() ? 0 : random.nextInt(4);
            if (what < 2) {
                Row row = row(random, nextId++, keys);
                table.put((Integer) row.getField(0), row);
                changes.add(with(RowKind.INSERT, row));
                continue;
            }
            Integer id = new ArrayList<>(table.keySet()).get(random.nextInt(table.size()));
            if (what == 2) {
                changes.add(with(RowKind.DELETE, table.remove(id)));
            } else {
                changes.add(with(RowKind.UPDATE_BEFORE, table.get(id)));
                table.put(id, row(random, id, keys));
                changes.add(with(RowKind.UPDATE_AFTER, table.get(id)));
            }
        }
        return changes;
    }

    private static Row row(Random random, int id, int keys) {
        Integer key = random.nextInt(3) == 0 ? 0 : random.nextInt(keys);
        return Row.of(
                id,
                random.nextInt(10) == 0 ? null : key,
                random.nextInt(5) == 0 ? null : random.nextInt(6),
                random.nextInt(5) == 0 ? null : "s".repeat(random.nextInt(5)));
    }

    private static Row with(RowKind kind, Row row) {
        Row copy = Row.copy(row);
        copy.setKind(kind);
        return copy;
    }
}
