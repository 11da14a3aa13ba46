// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.jdbc;

import static org.apache.flink.util.Preconditions.checkArgument;
import static org.apache.flink.util.Preconditions.checkNotNull;

import com.pinterest.flink.connector.service.ServiceConnection;
import com.pinterest.flink.connector.service.ServiceProtocol;
import java.util.List;
import java.util.Properties;
import javax.annotation.Nullable;
import org.apache.flink.annotation.PublicEvolving;

/**
 * A database in which a query looks keys up. Immutable.
 *
 * <pre>{@code
 * JdbcService.<String, Airport>query(
 *                 "jdbc:postgresql://db/flights",
 *                 "SELECT code, name FROM airports WHERE code IN ({keys})",
 *                 row -> row.getString("code"),
 *                 row -> new Airport(row.getString("name")))
 *         .withCredentials("reader", password);
 * }</pre>
 *
 * <p>{@code {keys}} in the query is replaced by parameters for all keys of a call. The query is run
 * in a transaction of its own, and may be repeated, so it should only read.
 *
 * <p>JDBC blocks, so each call in progress takes a thread and a connection of a pool. The driver is
 * the user's, in the job's jar or in {@code lib/}.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
@PublicEvolving
public final class JdbcService<K, V> implements ServiceProtocol<K, V> {

    private static final long serialVersionUID = 1;

    static final String KEYS = "{keys}";

    /** What all databases take in an IN. */
    static final int MAX_BATCH = 1000;

    private static final int POOL_SIZE = 8;

    private final String url;
    private final String query;
    private final RowReader<K> key;
    private final RowReader<?> value;

    /** Whether a value is the list of all rows. */
    private final boolean many;

    private final KeyColumns<K> columns;
    @Nullable private final String[] arrayTypes;
    private final Properties properties;
    private final int poolSize;

    private JdbcService(
            String url,
            String query,
            RowReader<K> key,
            RowReader<?> value,
            boolean many,
            KeyColumns<K> columns,
            @Nullable String[] arrayTypes,
            Properties properties,
            int poolSize) {
        this.url = checkNotNull(url, "url");
        this.query = checkNotNull(query, "query");
        this.key = checkNotNull(key, "key");
        this.value = checkNotNull(value, "value");
        this.many = many;
        this.columns = checkNotNull(columns, "columns");
        this.arrayTypes = arrayTypes;
        this.properties = properties;
        this.poolSize = poolSize;
    }

    /**
     * A query that has at most one row for a key.
     *
     * @param url the driver's
     * @param query has {@code {keys}}, once, in place of the keys
     * @param key reads the key of a row, which has to be equal to the one that was asked for
     * @param value reads the value of a row
     */
    public static <K, V> JdbcService<K, V> query(
            String url, String query, RowReader<K> key, RowReader<V> value) {
        return create(url, query, key, value, false);
    }

    /** A query that may have several rows for a key. A value is the list of them. */
    public static <K, R> JdbcService<K, List<R>> queryAll(
            String url, String query, RowReader<K> key, RowReader<R> row) {
        return create(url, query, key, row, true);
    }

    private static <K, V> JdbcService<K, V> create(
            String url, String query, RowReader<K> key, RowReader<?> value, boolean many) {
        int at = query.indexOf(KEYS);
        checkArgument(
                at >= 0 && query.indexOf(KEYS, at + 1) < 0,
                "The query must have %s once: %s",
                KEYS,
                query);
        return new JdbcService<>(
                url,
                query,
                key,
                value,
                many,
                single -> new Object[] {single},
                null,
                new Properties(),
                POOL_SIZE);
    }

    /**
     * Sets which values stand for a key; by default the key itself. If there are several, {@code
     * {keys}} becomes {@code (?, ?), (?, ?)}, for {@code WHERE (a, b) IN ({keys})}.
     */
    public JdbcService<K, V> withKeyColumns(KeyColumns<K> newColumns) {
        return new JdbcService<>(
                url, query, key, value, many, newColumns, arrayTypes, properties, poolSize);
    }

    /**
     * Passes keys as an array, so that the database plans one query for all sizes of batches:
     * {@code {keys}} becomes {@code ?}, for {@code WHERE code = ANY ({keys})}. With several key
     * columns it becomes {@code ?, ?}, for {@code FROM UNNEST({keys})}.
     *
     * @param types the database's name of the type of each key column, such as {@code text}
     */
    public JdbcService<K, V> withArrays(String... types) {
        checkArgument(types.length > 0, "An array needs a type");
        return new JdbcService<>(
                url, query, key, value, many, columns, types.clone(), properties, poolSize);
    }

    /** Sets the user and the password. */
    public JdbcService<K, V> withCredentials(String user, String password) {
        return withProperty("user", user).withProperty("password", password);
    }

    /** Sets a property of the driver. */
    public JdbcService<K, V> withProperty(String name, String propertyValue) {
        Properties all = new Properties();
        all.putAll(properties);
        all.setProperty(name, propertyValue);
        return new JdbcService<>(url, query, key, value, many, columns, arrayTypes, all, poolSize);
    }

    /** Sets how many connections a TaskManager has at most; 8 by default. */
    public JdbcService<K, V> withPoolSize(int connections) {
        checkArgument(connections >= 1, "The pool size must be at least 1, not %s", connections);
        return new JdbcService<>(
                url, query, key, value, many, columns, arrayTypes, properties, connections);
    }

    @Override
    public ServiceConnection<K, V> connect(ClassLoader userCodeClassLoader) {
        return new JdbcConnection<>(this, userCodeClassLoader);
    }

    /** A query only reads. */
    @Override
    public boolean isIdempotent() {
        return true;
    }

    @Override
    public int maxBatchSize() {
        return MAX_BATCH;
    }

    @Override
    public int maxConcurrency() {
        return poolSize;
    }

    @Override
    public String settings() {
        return this + ", " + query + ", properties " + properties.hashCode();
    }

    String url() {
        return url;
    }

    String query() {
        return query;
    }

    RowReader<K> key() {
        return key;
    }

    RowReader<?> value() {
        return value;
    }

    boolean isMany() {
        return many;
    }

    KeyColumns<K> columns() {
        return columns;
    }

    @Nullable
    String[] arrayTypes() {
        return arrayTypes;
    }

    Properties properties() {
        return properties;
    }

    /** Without properties, and without those in the URL, which may be secret. */
    @Override
    public String toString() {
        return url.replaceFirst("[?;].*", "").replaceFirst("//[^/]*@", "//");
    }
}
