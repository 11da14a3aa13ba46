// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.redis;

import com.pinterest.flink.connector.service.ServiceProtocol;
import com.pinterest.flink.connector.service.testkit.RedisServer;
import com.pinterest.flink.connector.service.testkit.ServiceConformance;
import java.net.InetSocketAddress;
import org.apache.flink.api.java.functions.KeySelector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A Redis server. */
final class RedisConformanceTest extends ServiceConformance<String, String> {

    private static RedisServer server;

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
    protected ServiceProtocol<String, String> protocol(InetSocketAddress address) {
        return RedisService.strings(RedisServer.url(address)).withKeyPrefix("number:");
    }

    @Override
    protected KeySelector<Long, String> keys() {
        return number -> Long.toString(number);
    }

    @Override
    protected String value(long number) {
        return "value " + number;
    }
}
