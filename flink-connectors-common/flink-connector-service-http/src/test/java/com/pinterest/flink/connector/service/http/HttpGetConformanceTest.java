// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.http;

import com.pinterest.flink.connector.service.ServiceProtocol;
import com.pinterest.flink.connector.service.testkit.ServiceConformance;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.apache.flink.api.java.functions.KeySelector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Calls of one key by GET. */
final class HttpGetConformanceTest extends ServiceConformance<String, Named> {

    private static NumberServer server;

    @BeforeAll
    static void start() throws IOException {
        server = new NumberServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected InetSocketAddress service() {
        return server.address();
    }

    @Override
    protected ServiceProtocol<String, Named> protocol(InetSocketAddress address) {
        return HttpService.get(
                "http://localhost:" + address.getPort() + "/numbers/{key}",
                JsonFormat.value(Named.class));
    }

    @Override
    protected KeySelector<Long, String> keys() {
        return NumberServer::key;
    }

    @Override
    protected Named value(long number) {
        return new Named(NumberServer.value(number));
    }

    @Override
    protected boolean throttleNextCall(Duration retryAfter) {
        server.reply(new NumberServer.Reply(503, Long.toString(retryAfter.toSeconds()), ""));
        return true;
    }
}
