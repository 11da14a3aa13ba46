// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.jdbc;

import static org.assertj.core.api.Assumptions.assumeThat;

import com.pinterest.flink.connector.service.testkit.PostgresServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** A database that knows even numbers. */
final class Numbers {

    private Numbers() {}

    /** Starts it, or skips the test if PostgreSQL is not installed. */
    static PostgresServer start() throws IOException, SQLException {
        assumeThat(PostgresServer.isAvailable()).as("PostgreSQL is installed").isTrue();
        PostgresServer server = new PostgresServer();
        execute(
                server,
                "CREATE TABLE numbers (id BIGINT PRIMARY KEY, name TEXT, half INT)",
                "INSERT INTO numbers SELECT n, 'value ' || n, n / 2"
                        + " FROM generate_series(0, 2998, 2) AS n");
        return server;
    }

    static void execute(PostgresServer server, String... statements) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(PostgresServer.url(server.address()));
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
