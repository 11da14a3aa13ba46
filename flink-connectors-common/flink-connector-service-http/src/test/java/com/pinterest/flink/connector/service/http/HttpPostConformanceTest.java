// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.http;

import com.pinterest.flink.connector.service.ServiceProtocol;
import com.pinterest.flink.connector.service.testkit.ServiceConformance;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import org.apache.flink.api.java.functions.KeySelector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Calls of several keys by POST. */
final class HttpPostConformanceTest extends ServiceConformance<String, Named> {

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
        return HttpService.post(
                        "http://localhost:" + address.getPort() + "/numbers",
                        JsonFormat.<String, Named>array(Named.class).withErrorField("error"))
                .idempotent();
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
    protected boolean failFor(Set<String> keys) {
        server.failFor(keys);
        return true;
    }

    @Override
    protected boolean throttleNextCall(Duration retryAfter) {
        server.reply(
                new NumberServer.Reply(429, Long.toString(retryAfter.toSeconds()), "slow down"));
        return true;
    }
}
