// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An HTTP service that keeps numbers. {@code POST /records} answers with 202 and a text. {@code
 * POST /each} answers for each number: negative ones have an error.
 */
final class RecordServer implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final Set<Long> records = ConcurrentHashMap.newKeySet();

    RecordServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        server.createContext("/", this::handle);
        server.start();
    }

    InetSocketAddress address() {
        return server.getAddress();
    }

    /** What was written so far. */
    Set<Long> records() {
        return records;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body =
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            List<String> answers = new ArrayList<>();
            for (String number : body.substring(1, body.length() - 1).split(",", -1)) {
                if (number.startsWith("-")) {
                    answers.add("{\"error\":\"negative\"}");
                } else {
                    records.add(Long.valueOf(number));
                    answers.add("null");
                }
            }
            boolean each = exchange.getRequestURI().getPath().equals("/each");
            byte[] response =
                    (each ? answers.toString() : "taken").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(each ? 200 : 202, response.length);
            exchange.getResponseBody().write(response);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
