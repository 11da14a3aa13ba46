// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.http;

import com.pinterest.flink.connector.service.testkit.ServiceConformance;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.apache.flink.api.java.functions.KeySelector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The conformance kit on a server of numbers; a class is for one kind of calls. */
abstract class HttpConformance extends ServiceConformance<String, Named> {

    static NumberServer server;

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
    protected KeySelector<Long, String> keys() {
        return NumberServer::key;
    }

    @Override
    protected Named value(long number) {
        return new Named(NumberServer.value(number));
    }
}
