// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.jdbc;

import com.pinterest.flink.connector.service.ServiceProtocol;
import com.pinterest.flink.connector.service.testkit.PostgresServer;
import com.pinterest.flink.connector.service.testkit.ServiceConformance;
import java.net.InetSocketAddress;
import org.apache.flink.api.java.functions.KeySelector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** PostgreSQL. {@link JdbcServiceTest} has keys in arrays. */
final class JdbcConformanceTest extends ServiceConformance<Long, String> {

    private static PostgresServer server;

    @BeforeAll
    static void start() throws Exception {
        server = Numbers.start();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    protected InetSocketAddress service() {
        return server.address();
    }

    @Override
    protected ServiceProtocol<Long, String> protocol(InetSocketAddress address) {
        return JdbcService.<Long, String>query(
                PostgresServer.url(address),
                "SELECT id, name FROM numbers WHERE id IN ({keys})",
                row -> row.getLong("id"),
                row -> row.getString("name"));
    }

    @Override
    protected KeySelector<Long, Long> keys() {
        return number -> number;
    }

    @Override
    protected String value(long number) {
        return "value " + number;
    }
}
