// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.jdbc;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Properties;
import java.util.ServiceLoader;
import javax.annotation.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to a database that are not in use. Those that have not been used for a while are
 * closed, since something between here and the database may have forgotten them. Thread-safe.
 */
final class ConnectionPool {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionPool.class);

    private static final long MAX_IDLE_NANOS = Duration.ofSeconds(30).toNanos();
    private static final String LOGIN_SECONDS = "10";

    private final String url;
    private final Properties properties;
    private final Driver driver;

    /** The one that was used last is the first. */
    private final ArrayDeque<Idle> idle = new ArrayDeque<>();

    private boolean closed;

    /** A connection, and since when it is not used. */
    private static final class Idle {

        final Connection connection;
        final long since = System.nanoTime();

        Idle(Connection connection) {
            this.connection = connection;
        }
    }

    /**
     * Creates an empty pool.
     *
     * @throws IllegalArgumentException if there is no driver
     */
    ConnectionPool(JdbcService<?, ?> service, ClassLoader classLoader) {
        this.url = service.url();
        this.driver = driver(service, classLoader);
        this.properties = new Properties();
        if (url.startsWith("jdbc:postgresql:")) {
            // It would wait for ever; other drivers have other names for this.
            properties.setProperty("loginTimeout", LOGIN_SECONDS);
        }
        properties.putAll(service.properties());
    }

    /** The driver of a URL. That of a job is not known to {@code DriverManager}. */
    private static Driver driver(JdbcService<?, ?> service, ClassLoader classLoader) {
        for (Driver driver : ServiceLoader.load(Driver.class, classLoader)) {
            try {
                if (driver.acceptsURL(service.url())) {
                    return driver;
                }
            } catch (SQLException e) {
                LOG.debug("Driver {} does not know whether it is for {}", driver, service, e);
            }
        }
        throw new IllegalArgumentException(
                "There is no JDBC driver for "
                        + service
                        + ". Add it to the job's jar or to lib/ of the TaskManagers.");
    }

    /** Returns a connection, an idle one if there is one. */
    Connection take() throws SQLException {
        Connection used = takeIdle();
        if (used != null) {
            return used;
        }
        Connection connection = driver.connect(url, properties);
        if (connection == null) {
            throw new SQLException("The driver does not connect to this URL");
        }
        return connection;
    }

    @Nullable
    private synchronized Connection takeIdle() {
        while (!idle.isEmpty() && System.nanoTime() - idle.peekLast().since > MAX_IDLE_NANOS) {
            close(idle.pollLast().connection);
        }
        Idle last = idle.pollFirst();
        return last == null ? null : last.connection;
    }

    /** Takes back a connection that works. */
    synchronized void giveBack(Connection connection) {
        if (closed) {
            close(connection);
        } else {
            idle.addFirst(new Idle(connection));
        }
    }

    /** Takes back a connection that may be lost, and so may all others. */
    synchronized void drop(Connection connection) {
        close(connection);
        idle.forEach(other -> close(other.connection));
        idle.clear();
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("A connection could not be closed", e);
        }
    }

    /** Closes all connections, those in use when they are given back. */
    synchronized void close() {
        closed = true;
        idle.forEach(other -> close(other.connection));
        idle.clear();
    }
}
