// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.store;

import com.pinterest.flink.jobs.store.RefusedException.Reason;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;

/**
 * A logical copy of the database: a line of JSON for its schema, and then one for each row. It can
 * be loaded into any database that has the same schema.
 */
final class Dump {

    private static final List<String> TABLES =
            List.of(
                    "instance",
                    "cluster",
                    "artifact",
                    "job",
                    "revision",
                    "deployment",
                    "operation",
                    "step",
                    "savepoint",
                    "idempotency",
                    "token",
                    "audit");

    /** What stands in the first line. */
    private record Head(String dump, String schema) {}

    private static final String NAME = "flink-job-service";

    private Dump() {}

    static void write(Handle handle, Writer out) throws IOException {
        line(out, new Head(NAME, schema(handle)));
        for (String table : TABLES) {
            List<Map<String, Object>> rows =
                    handle.createQuery("SELECT * FROM " + table)
                            .map((row, context) -> values(row))
                            .list();
            for (Map<String, Object> row : rows) {
                line(out, Map.of(table, row));
            }
        }
    }

    /** The version of the schema that the migrations have made. */
    private static String schema(Handle handle) {
        return handle.createQuery(
                        "SELECT version FROM flyway_schema_history"
                                + " WHERE installed_rank = (SELECT max(installed_rank)"
                                + " FROM flyway_schema_history)")
                .mapTo(String.class)
                .one();
    }

    private static Map<String, Object> values(ResultSet row) throws SQLException {
        ResultSetMetaData columns = row.getMetaData();
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            values.put(columns.getColumnName(i).toLowerCase(Locale.ROOT), row.getObject(i));
        }
        return values;
    }

    private static void line(Writer out, Object value) throws IOException {
        out.write(Documents.write(value));
        out.write('\n');
    }

    /**
     * Reads all rows into tables that have none.
     *
     * @throws UncheckedIOException if the copy cannot be read
     */
    static void read(Handle handle, BufferedReader in) throws RefusedException {
        requireEmpty(handle);
        Iterator<String> lines = in.lines().iterator();
        String first = lines.hasNext() ? lines.next() : null;
        Head head = first == null ? new Head("", "") : head(first);
        if (!NAME.equals(head.dump())) {
            throw new RefusedException(Reason.STALE, "this is no backup of a job service");
        }
        if (!schema(handle).equals(head.schema())) {
            throw new RefusedException(
                    Reason.STALE,
                    "the backup has schema "
                            + head.schema()
                            + ", and this service has "
                            + schema(handle)
                            + ": restore it with the service that made it, then start this one");
        }
        handle.execute("DELETE FROM instance");
        while (lines.hasNext()) {
            Map<?, ?> tables = Documents.read(lines.next(), Map.class);
            for (Map.Entry<?, ?> entry : tables.entrySet()) {
                insert(handle, (String) entry.getKey(), (Map<?, ?>) entry.getValue());
            }
        }
    }

    private static Head head(String line) {
        try {
            return Documents.read(line, Head.class);
        } catch (StoreException e) {
            return new Head("", "");
        }
    }

    private static void requireEmpty(Handle handle) throws RefusedException {
        for (String table : TABLES) {
            boolean empty =
                    handle.createQuery("SELECT count(*) FROM " + table).mapTo(Long.class).one()
                            == 0;
            if (!empty && !table.equals("instance")) {
                throw new RefusedException(
                        Reason.STALE,
                        "the directory has a service already: restore into a new one");
            }
        }
    }

    private static void insert(Handle handle, String table, Map<?, ?> row) throws RefusedException {
        if (!TABLES.contains(table)) {
            throw new RefusedException(Reason.STALE, "the backup has an unknown table " + table);
        }
        List<String> columns = new ArrayList<>();
        for (Object column : row.keySet()) {
            // It becomes a part of the statement.
            if (!((String) column).matches("[a-z_0-9]+")) {
                throw new RefusedException(Reason.STALE, "the backup has a column " + column);
            }
            columns.add((String) column);
        }
        String sql =
                "INSERT INTO "
                        + table
                        + " ("
                        + String.join(", ", columns)
                        + ") VALUES (:"
                        + String.join(", :", columns)
                        + ")";
        try (Update insert = handle.createUpdate(sql)) {
            for (String column : columns) {
                insert.bind(column, row.get(column));
            }
            insert.execute();
        }
    }
}
