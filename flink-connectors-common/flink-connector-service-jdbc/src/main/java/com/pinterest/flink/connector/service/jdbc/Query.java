// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.jdbc;

import com.pinterest.flink.connector.service.Answer;
import com.pinterest.flink.connector.service.ServiceException;
import com.pinterest.flink.connector.service.ServiceException.Kind;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Runs the query of a service for the keys of a call. Thread-safe. */
final class Query<K, V> {

    private final JdbcService<K, V> service;

    Query(JdbcService<K, V> service) {
        this.service = service;
    }

    List<Answer<V>> run(List<K> keys, Connection connection) throws SQLException, ServiceException {
        List<Object[]> rows = keys.stream().map(service.columns()::of).collect(Collectors.toList());
        Map<K, List<Object>> found = new HashMap<>();
        keys.forEach(key -> found.put(key, new ArrayList<>(1)));
        boolean arrays = service.arrayTypes() != null;
        String sql = arrays ? sqlWithArrays() : sqlWithKeys(rows);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            if (arrays) {
                setArrays(statement, rows);
            } else {
                setKeys(statement, rows);
            }
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    K key = service.key().read(result);
                    List<Object> values = found.get(key);
                    if (values == null) {
                        throw ServiceException.of(
                                Kind.PERMANENT,
                                String.format(
                                        "The query returned a row for the key %s, which it was not"
                                                + " asked for: %s",
                                        key, service.query()));
                    }
                    values.add(service.value().read(result));
                }
            }
        }
        List<Answer<V>> answers = new ArrayList<>(keys.size());
        for (K key : keys) {
            answers.add(answer(key, found.get(key)));
        }
        return Collections.unmodifiableList(answers);
    }

    @SuppressWarnings("unchecked") // As the factory methods of the service say.
    private Answer<V> answer(K key, List<Object> values) {
        if (values.isEmpty()) {
            return Answer.absent();
        }
        if (service.isMany()) {
            return Answer.of((V) Collections.unmodifiableList(values));
        }
        return values.size() == 1
                ? Answer.of((V) values.get(0))
                : Answer.failed(
                        ServiceException.of(
                                Kind.PERMANENT,
                                String.format(
                                        "The query returned %d rows for the key %s; queryAll()"
                                                + " allows that: %s",
                                        values.size(), key, service.query())));
    }

    // ------------------------------------------------------------------ IN

    /** A power of two, so that the database has few queries to plan; the last key is repeated. */
    static int paddedSize(int keys) {
        return Math.min(
                JdbcService.MAX_BATCH, keys == 1 ? 1 : Integer.highestOneBit(keys - 1) << 1);
    }

    private String sqlWithKeys(List<Object[]> rows) {
        int columns = rows.get(0).length;
        String row = String.join(", ", Collections.nCopies(columns, "?"));
        return withKeys(
                String.join(
                        ", ",
                        Collections.nCopies(
                                paddedSize(rows.size()), columns == 1 ? row : "(" + row + ")")));
    }

    private static void setKeys(PreparedStatement statement, List<Object[]> rows)
            throws SQLException {
        int parameter = 1;
        for (int i = 0; i < paddedSize(rows.size()); i++) {
            for (Object column : rows.get(Math.min(i, rows.size() - 1))) {
                statement.setObject(parameter++, column);
            }
        }
    }

    // ------------------------------------------------------------------ arrays

    private String sqlWithArrays() {
        return withKeys(String.join(", ", Collections.nCopies(service.arrayTypes().length, "?")));
    }

    private void setArrays(PreparedStatement statement, List<Object[]> rows) throws SQLException {
        String[] types = service.arrayTypes();
        if (rows.get(0).length != types.length) {
            throw new IllegalStateException(
                    String.format(
                            "A key has %d columns, but withArrays() has the types %s",
                            rows.get(0).length, Arrays.toString(types)));
        }
        for (int i = 0; i < types.length; i++) {
            int column = i;
            Array array =
                    statement
                            .getConnection()
                            .createArrayOf(
                                    types[i], rows.stream().map(row -> row[column]).toArray());
            statement.setArray(i + 1, array);
        }
    }

    private String withKeys(String parameters) {
        return service.query().replace(JdbcService.KEYS, parameters);
    }
}
