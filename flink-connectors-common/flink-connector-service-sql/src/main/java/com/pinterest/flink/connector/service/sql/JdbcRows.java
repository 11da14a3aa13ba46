// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.sql;

import com.pinterest.flink.connector.service.ServiceProtocol;
import com.pinterest.flink.connector.service.jdbc.JdbcService;
import com.pinterest.flink.connector.service.jdbc.RowReader;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import javax.annotation.Nullable;
import org.apache.flink.table.connector.source.LookupTableSource.LookupContext;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;

/** A table of a database. */
final class JdbcRows implements RowProtocol {

    private final String url;
    private final String table;
    @Nullable private final String user;
    @Nullable private final String password;
    private final int poolSize;
    private final List<String> names;
    private final JdbcColumn[] columns;

    JdbcRows(
            String url,
            String table,
            @Nullable String user,
            @Nullable String password,
            int poolSize,
            DataType rowType) {
        this.url = url;
        this.table = table;
        this.user = user;
        this.password = password;
        this.poolSize = poolSize;
        this.names = DataType.getFieldNames(rowType);
        List<LogicalType> types = rowType.getLogicalType().getChildren();
        this.columns = new JdbcColumn[types.size()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = new JdbcColumn(names.get(i), types.get(i), i);
        }
    }

    @Override
    public ServiceProtocol<RowData, List<RowData>> create(LookupContext context, int[] keys) {
        String keyNames =
                Arrays.stream(keys)
                        .mapToObj(key -> quoted(names.get(key)))
                        .collect(Collectors.joining(", "));
        String query =
                String.format(
                        "SELECT %s FROM %s WHERE %s IN ({keys})",
                        names.stream().map(JdbcRows::quoted).collect(Collectors.joining(", ")),
                        table,
                        keys.length == 1 ? keyNames : "(" + keyNames + ")");
        JdbcColumn[] keyColumns =
                Arrays.stream(keys).mapToObj(key -> columns[key]).toArray(JdbcColumn[]::new);
        JdbcService<RowData, List<RowData>> service =
                JdbcService.queryAll(url, query, reader(keyColumns), reader(columns))
                        .withKeyColumns(key -> parameters(keyColumns, key))
                        .withPoolSize(poolSize);
        if (user != null) {
            service = service.withProperty("user", user);
        }
        if (password != null) {
            service = service.withProperty("password", password);
        }
        return service;
    }

    private static RowReader<RowData> reader(JdbcColumn[] columns) {
        return result -> {
            GenericRowData row = new GenericRowData(columns.length);
            for (int i = 0; i < columns.length; i++) {
                row.setField(i, columns[i].read(result));
            }
            return row;
        };
    }

    private static Object[] parameters(JdbcColumn[] columns, RowData key) {
        Object[] parameters = new Object[columns.length];
        for (int i = 0; i < columns.length; i++) {
            parameters[i] = columns[i].parameter(((GenericRowData) key).getField(i));
        }
        return parameters;
    }

    /** Names that need no quotes get none, so that databases may fold their case. */
    private static String quoted(String name) {
        return name.matches("[A-Za-z_][A-Za-z0-9_]*")
                ? name
                : '"' + name.replace("\"", "\"\"") + '"';
    }
}
