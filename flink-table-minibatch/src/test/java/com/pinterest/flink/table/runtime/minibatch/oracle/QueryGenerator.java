// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.oracle;

import com.pinterest.flink.table.runtime.minibatch.oracle.Relation.Identity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Random queries of which the result is determined by what is in the tables: rows are ordered only
 * by columns that tell them apart.
 *
 * <p>Column names differ between all tables and parts of a query.
 */
final class QueryGenerator {

    private static final List<String> JOINS =
            List.of("JOIN", "JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN");

    private final Random random;
    private final List<InputTable> tables = new ArrayList<>();
    private final Set<String> forms = new TreeSet<>();
    private int nextName;

    QueryGenerator(Random random) {
        this.random = random;
    }

    /** The tables that the query reads. */
    List<InputTable> tables() {
        return tables;
    }

    /** What is in the query. */
    Set<String> forms() {
        return forms;
    }

    Relation query() {
        Relation relation = relation(random.nextBoolean() ? 1 : 1 + random.nextInt(3));
        if (random.nextInt(12) == 0) {
            return globalAggregate(relation);
        }
        return random.nextInt(3) == 0 ? project(relation) : relation;
    }

    private Relation relation(int depth) {
        if (depth == 0) {
            Relation table = table();
            return random.nextInt(5) == 0 ? filter(table) : table;
        }
        switch (random.nextInt(20)) {
            case 0:
            case 1:
            case 2:
                return aggregate(relation(depth - 1));
            case 3:
                return distinct(relation(depth - 1));
            case 4:
            case 5:
                return deduplicate(relation(depth - 1));
            case 6:
            case 7:
                return topN(relation(depth - 1));
            case 8:
                return limit(relation(depth - 1));
            case 9:
            case 10:
                return exists(relation(depth - 1), relation(random.nextInt(depth)));
            case 11:
                return setOperation(relation(depth - 1), relation(random.nextInt(depth)));
            case 12:
                return scalar(relation(depth - 1), relation(random.nextInt(depth)));
            case 13:
                return joinOfMany();
            case 14:
                return over(relation(depth - 1));
            default:
                Relation left = relation(depth - 1);
                Relation right =
                        random.nextInt(10) == 0 ? renamed(left) : relation(random.nextInt(depth));
                return join(left, right);
        }
    }

    private Relation table() {
        if (tables.size() < 4 && (tables.isEmpty() || random.nextInt(8) > 0)) {
            InputTable table =
                    InputTable.random(String.valueOf((char) ('a' + tables.size())), random);
            tables.add(table);
            return table.rowtime() != null && random.nextBoolean()
                    ? deduplicateByTime(table)
                    : Relation.table(table);
        }
        forms.add("a table twice");
        return renamed(Relation.table(any(tables)));
    }

    private Relation filter(Relation of) {
        return query(
                "SELECT * FROM " + of.source() + " WHERE " + condition(of),
                of.columns(),
                of.identities());
    }

    private Relation project(Relation of) {
        List<Column> some = some(of.columns(), 1 + random.nextInt(of.columns().size()));
        return query(
                "SELECT " + Relation.list(some) + " FROM " + of.source(), some, of.identities());
    }

    private Relation renamed(Relation of) {
        String suffix = "_" + nextName++;
        List<Column> renamed =
                of.columns().stream()
                        .map(column -> column.named(column.name() + suffix))
                        .collect(Collectors.toList());
        return query(
                of.columns().stream()
                        .map(column -> column.name() + " AS " + column.name() + suffix)
                        .collect(Collectors.joining(", ", "SELECT ", " FROM " + of.source())),
                renamed,
                of.identities().stream()
                        .map(identity -> identity.renamed(name -> name + suffix))
                        .collect(Collectors.toList()));
    }

    private Relation aggregate(Relation of) {
        List<Column> groups = some(groupable(of), 1 + random.nextInt(2));
        if (groups.isEmpty()) {
            return of;
        }
        List<Column> columns = new ArrayList<>(groups);
        String aggregates = aggregates(of, columns, random.nextInt(4));
        String having = "";
        if (random.nextInt(5) == 0) {
            having = " HAVING COUNT(*) " + any(List.of(">", "<", "=")) + " " + (1 + number(3));
            forms.add("having");
        }
        if (groups.size() == 2 && random.nextInt(8) == 0) {
            forms.add("grouping sets");
            String sets = "((" + Relation.list(groups) + "), (" + groups.get(0) + "))";
            columns.set(0, groups.get(0).nullable());
            columns.set(1, groups.get(1).nullable());
            return query(
                    "SELECT "
                            + Relation.list(groups)
                            + aggregates
                            + " FROM "
                            + of.source()
                            + " GROUP BY GROUPING SETS "
                            + sets
                            + having,
                    columns,
                    List.of());
        }
        forms.add("group by");
        return query(
                "SELECT "
                        + Relation.list(groups)
                        + aggregates
                        + " FROM "
                        + of.source()
                        + " GROUP BY "
                        + Relation.list(groups)
                        + having,
                columns,
                List.of(Identity.of(groups, true)));
    }

    /** Of no group; counts, too, so that it is seen if there was no row. */
    private Relation globalAggregate(Relation of) {
        forms.add("group by nothing");
        String count = name();
        List<Column> columns = new ArrayList<>();
        columns.add(new Column(count, ColumnType.BIGINT, false));
        String aggregates = aggregates(of, columns, random.nextInt(4));
        return query(
                "SELECT COUNT(*) AS " + count + aggregates + " FROM " + of.source(),
                columns,
                List.of());
    }

    /** Adds to the columns; begins with a comma, if there are any. */
    private String aggregates(Relation of, List<Column> columns, int number) {
        StringBuilder sql = new StringBuilder();
        for (int i = 0; i < number; i++) {
            Column column = any(of.columns());
            ColumnType type = column.type();
            String call;
            switch (random.nextInt(8)) {
                case 0:
                    call = "COUNT(*)";
                    type = ColumnType.BIGINT;
                    break;
                case 1:
                    call = "COUNT(" + column + ")";
                    type = ColumnType.BIGINT;
                    break;
                case 2:
                    call = "COUNT(DISTINCT " + column + ")";
                    type = ColumnType.BIGINT;
                    forms.add("count distinct");
                    break;
                case 3:
                    call = (random.nextBoolean() ? "MIN(" : "MAX(") + column + ")";
                    forms.add("min or max");
                    if (type == ColumnType.BOOLEAN) {
                        call = "COUNT(" + column + ")";
                        type = ColumnType.BIGINT;
                    }
                    break;
                case 4:
                    call = "SUM(DISTINCT " + column + ")";
                    break;
                case 5:
                    call = "AVG(" + column + ")";
                    break;
                default:
                    call = "SUM(" + column + ")";
            }
            if (call.startsWith("SUM") || call.startsWith("AVG")) {
                if (type.isNumber()) {
                    forms.add(call.startsWith("SUM(D") ? "sum distinct" : "sum or avg");
                } else {
                    call = "COUNT(" + column + ")";
                    type = ColumnType.BIGINT;
                }
            }
            if (random.nextInt(5) == 0) {
                call += " FILTER (WHERE " + condition(of) + ")";
                forms.add("filter");
            }
            String name = name();
            columns.add(new Column(name, type, true));
            sql.append(", ").append(call).append(" AS ").append(name);
        }
        return sql.toString();
    }

    private Relation distinct(Relation of) {
        forms.add("distinct");
        List<Column> some = some(of.columns(), 1 + random.nextInt(3));
        return query(
                "SELECT DISTINCT " + Relation.list(some) + " FROM " + of.source(),
                some,
                List.of(Identity.of(some, true)));
    }

    private Relation deduplicate(Relation of) {
        forms.add("first or last row");
        return ranked(of, "= 1", 1);
    }

    private Relation deduplicateByTime(InputTable table) {
        forms.add("first or last row by time of events");
        Relation of = Relation.table(table);
        List<Column> partition = some(groupable(of), 1 + number(2));
        List<Identity> identities = new ArrayList<>(of.identities());
        identities.add(Identity.of(partition, true));
        String rank = name();
        return query(
                "SELECT "
                        + Relation.list(of.columns())
                        + " FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY "
                        + Relation.list(partition)
                        + " ORDER BY "
                        + table.rowtime()
                        + any(List.of("", " DESC"))
                        + ") AS "
                        + rank
                        + " FROM "
                        + table.name()
                        + ") "
                        + name()
                        + " WHERE "
                        + rank
                        + " = 1",
                of.columns(),
                identities);
    }

    private Relation topN(Relation of) {
        int to = 1 + random.nextInt(4);
        if (to > 1 && random.nextInt(4) == 0) {
            forms.add("ranks between");
            return ranked(of, "BETWEEN 2 AND " + to, to);
        }
        forms.add("first ranks");
        return ranked(of, "<= " + to, to);
    }

    private Relation ranked(Relation of, String ranks, int to) {
        List<Column> partition = some(groupable(of), random.nextInt(8) == 0 ? 0 : 1 + number(2));
        String rank = name();
        boolean hasRank = random.nextInt(3) == 0;
        List<Column> columns =
                random.nextInt(3) == 0
                        ? some(of.columns(), 1 + random.nextInt(of.columns().size()))
                        : new ArrayList<>(of.columns());
        List<Identity> identities = new ArrayList<>(of.identities());
        if (to == 1) {
            identities.add(Identity.of(partition, true));
        }
        if (hasRank) {
            forms.add("rank in the result");
            columns.add(new Column(rank, ColumnType.BIGINT, false));
            List<String> names = partition.stream().map(Column::name).collect(Collectors.toList());
            names.add(rank);
            identities.add(new Identity(names, true));
        }
        String over =
                (partition.isEmpty() ? "" : "PARTITION BY " + Relation.list(partition) + " ")
                        + "ORDER BY "
                        + order(of);
        return query(
                "SELECT "
                        + Relation.list(columns)
                        + " FROM (SELECT *, ROW_NUMBER() OVER ("
                        + over
                        + ") AS "
                        + rank
                        + " FROM "
                        + of.source()
                        + ") "
                        + name()
                        + " WHERE "
                        + rank
                        + " "
                        + ranks,
                columns,
                identities);
    }

    private Relation limit(Relation of) {
        forms.add("limit");
        return query(
                "SELECT * FROM "
                        + of.source()
                        + " ORDER BY "
                        + order(of)
                        + " LIMIT "
                        + (1 + random.nextInt(4)),
                of.columns(),
                of.identities());
    }

    private Relation over(Relation of) {
        List<Column> numbers =
                of.columns().stream()
                        .filter(column -> column.type().isNumber())
                        .collect(Collectors.toList());
        List<Column> partition = some(groupable(of), 1);
        List<String> orders =
                of.identities().stream()
                        .filter(identity -> identity.columns().size() == 1)
                        .flatMap(identity -> identity.columns().stream())
                        .collect(Collectors.toList());
        if (numbers.isEmpty() || partition.isEmpty() || orders.isEmpty()) {
            return of;
        }
        forms.add("over");
        Column summed = any(numbers);
        List<Column> columns = new ArrayList<>(of.columns());
        String name = name();
        columns.add(new Column(name, summed.type(), true));
        return query(
                "SELECT *, SUM("
                        + summed
                        + ") OVER (PARTITION BY "
                        + Relation.list(partition)
                        + " ORDER BY "
                        + any(orders)
                        + any(List.of(" ROWS", " RANGE"))
                        + " BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS "
                        + name
                        + " FROM "
                        + of.source(),
                columns,
                of.identities());
    }

    private Relation exists(Relation left, Relation right) {
        boolean isNegated = random.nextInt(5) < 2;
        String not = isNegated ? "NOT " : "";
        String condition;
        List<String> equal = equalities(left, right, 1);
        if (equal.isEmpty()) {
            return left;
        }
        if (random.nextInt(3) == 0) {
            String[] sides = equal.get(0).split(" = ", -1);
            if (sides.length < 2) {
                return left;
            }
            condition =
                    sides[0]
                            + " "
                            + not
                            + "IN (SELECT "
                            + sides[1]
                            + " FROM "
                            + right.source()
                            + (random.nextInt(3) == 0 ? " WHERE " + condition(right) : "")
                            + ")";
            forms.add(not.toLowerCase(Locale.ROOT) + "in");
        } else {
            condition =
                    not
                            + "EXISTS (SELECT 1 FROM "
                            + right.source()
                            + " WHERE "
                            + on(left, right, equal)
                            + ")";
            forms.add(not.toLowerCase(Locale.ROOT) + "exists");
        }
        return query(
                "SELECT * FROM " + left.source() + " WHERE " + condition,
                left.columns(),
                left.identities());
    }

    /** With a value for each row of the left that is computed of the right. */
    private Relation scalar(Relation left, Relation right) {
        List<String> equal = equalities(left, right, 1);
        if (equal.isEmpty()) {
            return left;
        }
        forms.add("scalar subquery");
        Column column = any(right.columns());
        boolean isCount = column.type() == ColumnType.BOOLEAN || random.nextInt(3) == 0;
        String name = name();
        List<Column> columns = new ArrayList<>(left.columns());
        columns.add(new Column(name, isCount ? ColumnType.BIGINT : column.type(), true));
        return query(
                "SELECT *, (SELECT "
                        + (isCount ? "COUNT(*)" : any(List.of("MIN(", "MAX(")) + column + ")")
                        + " FROM "
                        + right.source()
                        + " WHERE "
                        + equal.get(0)
                        + ") AS "
                        + name
                        + " FROM "
                        + left.source(),
                columns,
                left.identities());
    }

    private Relation setOperation(Relation left, Relation right) {
        List<Column> ofLeft = new ArrayList<>();
        List<Column> ofRight = new ArrayList<>();
        for (Column column : some(left.columns(), 3)) {
            right.columns().stream()
                    .filter(other -> other.type() == column.type() && !ofRight.contains(other))
                    .findFirst()
                    .ifPresent(
                            other -> {
                                ofLeft.add(column);
                                ofRight.add(other);
                            });
        }
        if (ofLeft.isEmpty()) {
            return left;
        }
        String operation =
                any(
                        List.of(
                                "UNION ALL",
                                "UNION ALL",
                                "UNION",
                                "INTERSECT",
                                "EXCEPT",
                                "INTERSECT ALL",
                                "EXCEPT ALL"));
        forms.add(operation.toLowerCase(Locale.ROOT));
        List<Column> columns =
                ofLeft.stream()
                        .map(column -> new Column(name(), column.type(), true))
                        .collect(Collectors.toList());
        List<String> renamed = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            renamed.add(ofLeft.get(i) + " AS " + columns.get(i));
        }
        boolean isUnique = !operation.endsWith(" ALL");
        return query(
                "SELECT "
                        + String.join(", ", renamed)
                        + " FROM "
                        + left.source()
                        + " "
                        + operation
                        + " SELECT "
                        + Relation.list(ofRight)
                        + " FROM "
                        + right.source(),
                columns,
                isUnique ? List.of(Identity.of(columns, true)) : List.of());
    }

    private Relation join(Relation left, Relation right) {
        String kind = any(JOINS);
        List<String> equal = equalities(left, right, random.nextInt(4) == 0 ? 2 : 1);
        if (equal.isEmpty()) {
            return left;
        }
        forms.add(kind.toLowerCase(Locale.ROOT));
        boolean isLeftPadded = kind.startsWith("RIGHT") || kind.startsWith("FULL");
        boolean isRightPadded = kind.startsWith("LEFT") || kind.startsWith("FULL");
        List<Column> columns = new ArrayList<>();
        left.columns().forEach(c -> columns.add(isLeftPadded ? c.padded() : c));
        right.columns().forEach(c -> columns.add(isRightPadded ? c.padded() : c));
        List<Column> output =
                random.nextInt(3) == 0
                        ? some(columns, 1 + random.nextInt(columns.size()))
                        : columns;
        return query(
                "SELECT "
                        + Relation.list(output)
                        + " FROM "
                        + left.source()
                        + " "
                        + kind
                        + " "
                        + right.source()
                        + " ON "
                        + on(left, right, equal),
                output,
                joined(left, right, kind, equal));
    }

    private static List<Identity> joined(
            Relation left, Relation right, String kind, List<String> equal) {
        List<Identity> identities = new ArrayList<>();
        if (!kind.startsWith("FULL")) {
            if (!kind.startsWith("RIGHT") && hasAtMostOne(right, equal)) {
                identities.addAll(left.identities());
            }
            if (!kind.startsWith("LEFT") && hasAtMostOne(left, equal)) {
                identities.addAll(right.identities());
            }
        }
        for (Identity one : left.identities()) {
            for (Identity other : right.identities()) {
                // Else a row of nulls may stand for a row of either side.
                if (!kind.startsWith("FULL") || isNeverNull(left, one)) {
                    identities.add(one.and(other));
                }
            }
        }
        return identities;
    }

    private static boolean isNeverNull(Relation relation, Identity identity) {
        return relation.columns().stream()
                .noneMatch(
                        column ->
                                column.isNullable() && identity.columns().contains(column.name()));
    }

    /** Whether at most one row of a side fits a row of the other. */
    private static boolean hasAtMostOne(Relation side, List<String> equal) {
        Set<String> names = new TreeSet<>();
        for (String condition : equal) {
            Collections.addAll(names, condition.split(" "));
        }
        return side.identities().stream()
                .anyMatch(identity -> identity.isUnique() && names.containsAll(identity.columns()));
    }

    /** Several tables, most by the same column. */
    private Relation joinOfMany() {
        Relation first = table();
        int more = 2 + random.nextInt(2);
        forms.add("join of " + (more + 1));
        StringBuilder sql = new StringBuilder(first.source());
        Relation all = first;
        Column key = any(first.columns().subList(0, 2));
        for (int i = 0; i < more; i++) {
            Relation next = table();
            String kind = any(List.of(" JOIN ", " LEFT JOIN "));
            List<String> equal =
                    random.nextInt(5) == 0
                            ? equalities(all, next, 1)
                            : List.of(key + " = " + any(next.columns().subList(0, 2)));
            sql.append(kind).append(next.source()).append(" ON ").append(on(all, next, equal));
            List<Column> columns = new ArrayList<>(all.columns());
            for (Column column : next.columns()) {
                columns.add(kind.equals(" LEFT JOIN ") ? column.padded() : column);
            }
            all = query("SELECT * FROM " + sql, columns, joined(all, next, kind.trim(), equal));
        }
        List<Column> output =
                random.nextBoolean()
                        ? some(all.columns(), 1 + random.nextInt(all.columns().size()))
                        : all.columns();
        return query("SELECT " + Relation.list(output) + " FROM " + sql, output, all.identities());
    }

    /** The condition of a join, often with more than equality. */
    private String on(Relation left, Relation right, List<String> equal) {
        String condition = String.join(" AND ", equal);
        switch (random.nextInt(8)) {
            case 0:
            case 1:
                forms.add("other condition");
                return condition + " AND " + comparison(left, right);
            case 2:
                forms.add("other condition");
                return condition
                        + " AND ("
                        + comparison(left, right)
                        + " OR "
                        + condition(random.nextBoolean() ? left : right)
                        + ")";
            case 3:
                forms.add("condition on a side");
                return condition + " AND " + condition(random.nextBoolean() ? left : right);
            default:
                return condition;
        }
    }

    private String comparison(Relation left, Relation right) {
        List<String> all = new ArrayList<>();
        for (Column one : left.columns()) {
            for (Column other : right.columns()) {
                if (one.type() == other.type() && one.type() != ColumnType.BOOLEAN) {
                    all.add(one + " " + any(List.of("<", "<=", "<>", ">")) + " " + other);
                }
            }
        }
        return all.isEmpty() ? condition(left) : any(all);
    }

    private List<String> equalities(Relation left, Relation right, int number) {
        List<String> all = new ArrayList<>();
        for (Column one : left.columns()) {
            for (Column other : right.columns()) {
                if (one.type() == other.type() && !isTime(one) && !isTime(other)) {
                    int weight = isKey(one) && isKey(other) ? 5 : 1;
                    if (isId(one) && isId(other)) {
                        weight = 15;
                    }
                    all.addAll(Collections.nCopies(weight, one + " = " + other));
                }
            }
        }
        Collections.shuffle(all, random);
        List<String> chosen = all.stream().distinct().limit(number).collect(Collectors.toList());
        if (chosen.size() == 1 && random.nextInt(12) == 0) {
            forms.add("is not distinct from");
            return List.of(chosen.get(0).replace("=", "IS NOT DISTINCT FROM"));
        }
        return chosen;
    }

    private static boolean isTime(Column column) {
        return column.name().contains("_ts");
    }

    private static boolean isId(Column column) {
        return column.name().contains("_id");
    }

    private static boolean isKey(Column column) {
        return isId(column) || column.name().contains("_k");
    }

    private String condition(Relation of) {
        Column column = any(of.columns());
        if (column.isNullable() && random.nextInt(3) == 0) {
            return column + (random.nextBoolean() ? " IS NULL" : " IS NOT NULL");
        }
        if (column.type() == ColumnType.BOOLEAN) {
            return random.nextBoolean() ? column.name() : "NOT " + column;
        }
        return column
                + " "
                + any(List.of("=", "<>", "<", ">", ">="))
                + " "
                + column.type().literal(isTime(column) ? number(1000) : number(4));
    }

    /** An order in which no two rows that differ are the same. */
    private String order(Relation of) {
        List<String> names = new ArrayList<>();
        for (Column column : some(of.columns(), number(3))) {
            names.add(column.name());
        }
        Collection<String> last =
                of.identities().isEmpty() || random.nextInt(6) == 0
                        ? of.columns().stream().map(Column::name).collect(Collectors.toList())
                        : any(of.identities()).columns();
        for (String name : last) {
            if (!names.contains(name)) {
                names.add(name);
            }
        }
        return names.stream()
                .map(name -> name + any(List.of("", " DESC")))
                .collect(Collectors.joining(", "));
    }

    /** Columns that several rows may have in common. */
    private static List<Column> groupable(Relation of) {
        return of.columns().stream().filter(column -> !isTime(column)).collect(Collectors.toList());
    }

    private Relation query(String sql, List<Column> columns, Collection<Identity> identities) {
        return Relation.query(sql, name(), columns, identities);
    }

    private String name() {
        return "n" + nextName++;
    }

    private int number(int bound) {
        return random.nextInt(bound);
    }

    private List<Column> some(List<Column> columns, int number) {
        List<Column> shuffled = new ArrayList<>(columns);
        Collections.shuffle(shuffled, random);
        return new ArrayList<>(shuffled.subList(0, Math.min(number, shuffled.size())));
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
