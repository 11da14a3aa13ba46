// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.oracle;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A table or a query, and what is known of its rows. */
final class Relation {

    private final String sql;

    /** What stands after FROM. */
    private final String source;

    private final List<Column> columns;
    private final List<Identity> identities;

    private Relation(
            String sql, String source, List<Column> columns, Collection<Identity> identities) {
        this.sql = sql;
        this.source = source;
        this.columns = columns;
        Set<String> names = columns.stream().map(Column::name).collect(Collectors.toSet());
        this.identities =
                identities.stream()
                        .filter(identity -> names.containsAll(identity.columns))
                        .limit(6)
                        .collect(Collectors.toList());
    }

    static Relation table(InputTable table) {
        List<Identity> identities = new ArrayList<>();
        boolean hasKey = table.keyLength() > 0;
        if (hasKey) {
            identities.add(Identity.of(table.key(), true));
        }
        identities.add(Identity.of(List.of(table.columns().get(table.ts())), hasKey));
        if (table.rowtime() == null) {
            return new Relation(
                    "SELECT * FROM " + table.name(), table.name(), table.columns(), identities);
        }
        // A time of events can be in few queries.
        List<Column> rest = table.columns().subList(0, table.columns().size() - 1);
        String sql = "SELECT " + list(rest) + " FROM " + table.name();
        return query(sql, table.name() + "_without_time", rest, identities);
    }

    /**
     * A query.
     *
     * @param alias for where it is read from
     */
    static Relation query(
            String sql, String alias, List<Column> columns, Collection<Identity> identities) {
        return new Relation(sql, "(" + sql + ") " + alias, columns, identities);
    }

    String sql() {
        return sql;
    }

    String source() {
        return source;
    }

    List<Column> columns() {
        return columns;
    }

    List<Identity> identities() {
        return identities;
    }

    /** The columns of each unique identity that may be the key of a table. */
    List<Set<String>> keys() {
        Set<String> padded =
                columns.stream()
                        .filter(Column::isPadded)
                        .map(Column::name)
                        .collect(Collectors.toSet());
        return identities.stream()
                .filter(Identity::isUnique)
                .map(Identity::columns)
                .filter(names -> !names.isEmpty() && Collections.disjoint(names, padded))
                .collect(Collectors.toList());
    }

    /** The column names, with commas. */
    static String list(Collection<Column> columns) {
        return columns.stream().map(Column::name).collect(Collectors.joining(", "));
    }

    /** Columns that tell rows apart: two rows that are the same in these are the same in all. */
    static final class Identity {

        private final Set<String> columns;

        /** Whether there are no two such rows either. */
        private final boolean isUnique;

        Identity(Collection<String> columns, boolean isUnique) {
            this.columns = new LinkedHashSet<>(columns);
            this.isUnique = isUnique;
        }

        static Identity of(Collection<Column> columns, boolean isUnique) {
            return new Identity(
                    columns.stream().map(Column::name).collect(Collectors.toList()), isUnique);
        }

        Set<String> columns() {
            return columns;
        }

        boolean isUnique() {
            return isUnique;
        }

        Identity and(Identity other) {
            Set<String> both = new LinkedHashSet<>(columns);
            both.addAll(other.columns);
            return new Identity(both, isUnique && other.isUnique);
        }

        Identity renamed(Function<String, String> name) {
            return new Identity(columns.stream().map(name).collect(Collectors.toList()), isUnique);
        }
    }
}
