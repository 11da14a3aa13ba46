// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.annotation.Nullable;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.types.RowKind;

/**
 * How the tables of a query change, one row after the other. Any part of a history is one, too:
 * what a step says is only that a row is then so, or is not there; which changes that makes depends
 * on what was before.
 */
final class History {

    /** Longer than what a bundle waits for. */
    static final long TICK_MILLIS = 1000;

    private final List<Step> steps;

    private History(List<Step> steps) {
        this.steps = steps;
    }

    /** What becomes of a row, or, without a table, that time goes on. */
    private static final class Step {

        @Nullable private final InputTable table;

        /** Which of the rows, among those of its table; with a key, what is in it. */
        private final int row;

        /** Null if it is not there. */
        @Nullable private final Object[] fields;

        /** Chooses between changes that say the same. */
        private final boolean isOther;

        Step(@Nullable InputTable table, int row, @Nullable Object[] fields, boolean isOther) {
            this.table = table;
            this.row = row;
            this.fields = fields;
            this.isOther = isOther;
        }
    }

    /** Takes the changes. */
    interface Feed {

        void change(InputTable table, RowData row) throws Exception;

        void tick() throws Exception;
    }

    static History random(List<InputTable> tables, Random random) {
        return new Generator(tables, random).history();
    }

    int length() {
        return steps.size();
    }

    /** The same without some steps. */
    History without(int from, int to) {
        List<Step> rest = new ArrayList<>(steps.subList(0, from));
        rest.addAll(steps.subList(to, steps.size()));
        return new History(rest);
    }

    /** Feeds the changes; what the tables have in the end. */
    Map<InputTable, Collection<RowData>> feed(Feed feed) throws Exception {
        Map<InputTable, Map<Integer, Object[]>> tables = new HashMap<>();
        for (Step step : steps) {
            if (step.table == null) {
                feed.tick();
                continue;
            }
            Map<Integer, Object[]> rows =
                    tables.computeIfAbsent(step.table, any -> new LinkedHashMap<>());
            Object[] before =
                    step.fields == null ? rows.remove(step.row) : rows.put(step.row, step.fields);
            for (RowData change : changes(step, before)) {
                feed.change(step.table, change);
            }
        }
        Map<InputTable, Collection<RowData>> result = new HashMap<>();
        tables.forEach(
                (table, rows) -> {
                    List<RowData> all = new ArrayList<>();
                    rows.values().forEach(fields -> all.add(row(RowKind.INSERT, fields)));
                    result.put(table, all);
                });
        return result;
    }

    private static List<RowData> changes(Step step, @Nullable Object[] before) {
        boolean isByKey = step.table.changes().areByKey();
        if (step.fields == null) {
            return before == null
                    ? List.of()
                    : List.of(row(RowKind.DELETE, deleted(step.table, before)));
        }
        if (isByKey) {
            RowKind usual = before == null ? RowKind.INSERT : RowKind.UPDATE_AFTER;
            RowKind other = before == null ? RowKind.UPDATE_AFTER : RowKind.INSERT;
            return List.of(row(step.isOther ? other : usual, step.fields));
        }
        if (before == null) {
            return List.of(row(RowKind.INSERT, step.fields));
        }
        return List.of(
                row(step.isOther ? RowKind.DELETE : RowKind.UPDATE_BEFORE, before),
                row(step.isOther ? RowKind.INSERT : RowKind.UPDATE_AFTER, step.fields));
    }

    private static Object[] deleted(InputTable table, Object[] fields) {
        return table.changes() == Changes.UPSERTS_WITH_KEYS_DELETED
                ? Arrays.copyOf(Arrays.copyOf(fields, table.keyLength()), fields.length)
                : fields;
    }

    private static RowData row(RowKind kind, Object[] fields) {
        GenericRowData row = GenericRowData.of(fields.clone());
        row.setRowKind(kind);
        return row;
    }

    /** The changes, one a line. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        try {
            feed(
                    new Feed() {
                        @Override
                        public void change(InputTable table, RowData row) {
                            text.append("    ").append(table.name()).append(' ').append(row);
                            text.append('\n');
                        }

                        @Override
                        public void tick() {
                            text.append("    time goes on by ").append(TICK_MILLIS).append(" ms\n");
                        }
                    });
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return text.toString();
    }

    /** Makes random steps. */
    private static final class Generator {

        private final List<InputTable> tables;
        private final Random random;
        private final Map<InputTable, Map<Integer, Object[]>> rows = new HashMap<>();
        private final int ids;
        private final int keys;
        private final int values;
        private final int nulls;
        private final List<Integer> times = new ArrayList<>();
        private int nextRow = 1000;

        Generator(List<InputTable> tables, Random random) {
            this.tables = tables;
            this.random = random;
            this.ids = 1 + random.nextInt(6);
            this.keys = 1 + random.nextInt(4);
            this.values = 1 + random.nextInt(5);
            this.nulls = random.nextBoolean() ? 4 : 12;
            for (int i = 0; i < 1000; i++) {
                times.add(i);
            }
            Collections.shuffle(times, random);
            tables.forEach(table -> rows.put(table, new LinkedHashMap<>()));
        }

        History history() {
            int length = 1 + random.nextInt(random.nextBoolean() ? 12 : 40);
            boolean hasTicks = random.nextBoolean();
            List<Step> steps = new ArrayList<>();
            InputTable table = tables.get(0);
            for (int i = 0; i < length; i++) {
                if (random.nextInt(3) > 0) {
                    table = tables.get(random.nextInt(tables.size()));
                }
                if (hasTicks && random.nextInt(6) == 0) {
                    steps.add(new Step(null, 0, null, false));
                } else {
                    steps.add(step(table));
                }
            }
            return new History(steps);
        }

        private Step step(InputTable table) {
            Map<Integer, Object[]> present = rows.get(table);
            List<Integer> known = new ArrayList<>(present.keySet());
            int what = known.isEmpty() ? 0 : random.nextInt(10);
            boolean isOther = random.nextInt(5) == 0;
            if (what < 4 || table.changes() == Changes.INSERTS) {
                int row = newRow(table);
                if (present.get(row) == null) {
                    return put(table, row, fields(table, row, known), isOther);
                }
                return table.changes() == Changes.INSERTS
                        ? new Step(null, 0, null, false)
                        : put(table, row, changed(table, present.get(row)), isOther);
            }
            int row = known.get(random.nextInt(known.size()));
            if (what < 7) {
                return put(table, row, changed(table, present.get(row)), isOther);
            }
            present.remove(row);
            return new Step(table, row, null, isOther);
        }

        private Step put(InputTable table, int row, Object[] fields, boolean isOther) {
            rows.get(table).put(row, fields);
            return new Step(table, row, fields, isOther);
        }

        private int newRow(InputTable table) {
            return table.keyLength() == 0
                    ? nextRow++
                    : random.nextInt(table.keyLength() == 1 ? ids : ids * 2);
        }

        private Object[] fields(InputTable table, int row, List<Integer> known) {
            if (table.keyLength() == 0 && !known.isEmpty() && random.nextInt(4) == 0) {
                return rows.get(table).get(known.get(random.nextInt(known.size()))).clone();
            }
            Object[] fields = new Object[table.columns().size()];
            for (int i = 0; i < fields.length; i++) {
                fields[i] = field(table, i);
            }
            if (table.keyLength() == 1) {
                fields[0] = row;
            } else if (table.keyLength() == 2) {
                fields[0] = row / 2;
                fields[1] = row % 2;
            }
            return fields;
        }

        private Object field(InputTable table, int column) {
            Column of = table.columns().get(column);
            if (column == table.ts() || of == table.rowtime()) {
                return of.type().value(times.remove(times.size() - 1));
            }
            if (of.isNullable() && random.nextInt(nulls) == 0) {
                return null;
            }
            boolean isHot = random.nextInt(3) == 0;
            int domain = column == 0 ? ids : column == 1 ? keys : values;
            return of.type().value(isHot ? 0 : random.nextInt(domain));
        }

        /** The fields after an update. */
        private Object[] changed(InputTable table, Object[] before) {
            Object[] after = before.clone();
            int what = random.nextInt(8);
            if (what == 0) {
                return after;
            }
            for (int i = table.keyLength(); i < after.length; i++) {
                // Without a key, rows may be the same now, and must not be the same in part then.
                boolean isForced = i == table.ts() && table.keyLength() == 0;
                boolean isOne = what < 5 && i == 1 + random.nextInt(2);
                if (isForced || isOne || (what >= 5 && random.nextBoolean())) {
                    after[i] = field(table, i);
                }
            }
            return after;
        }
    }
}
