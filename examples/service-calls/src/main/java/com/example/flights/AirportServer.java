// SPDX-License-Identifier: Apache-2.0
package com.example.flights;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A service that knows airports. {@code POST /airports} with {@code ["JFK","XXX"]} returns {@code
 * [{"name":"John F Kennedy Intl","state":"NY"},null]}. Every tenth call fails with the status 503.
 */
final class AirportServer implements AutoCloseable {

    private static final Pattern CODE = Pattern.compile("\"([^\"]*)\"");
    private static final int THREADS = 8;

    private final Map<String, String> airports = new HashMap<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger keys = new AtomicInteger();
    private final ExecutorService executor = Executors.newFixedThreadPool(THREADS);
    private final HttpServer server;

    /** Starts the service at a free port, with the airports of a CSV file. */
    AirportServer(Path file) throws IOException {
        for (String line : Files.readAllLines(file)) {
            String[] fields = line.split(",", -1);
            airports.put(
                    fields[0],
                    String.format(
                            "{\"name\":\"%s\",\"state\":\"%s\"}",
                            fields[1].replace("\"", "\\\""), fields[3]));
        }
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        server.createContext("/airports", this::handle);
        server.start();
    }

    String url() {
        return "http://localhost:" + server.getAddress().getPort() + "/airports";
    }

    int calls() {
        return calls.get();
    }

    /** The airports that were asked for, in all calls. */
    int keys() {
        return keys.get();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String request =
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        if (calls.incrementAndGet() % 10 == 0) {
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
            return;
        }
        StringJoiner response = new StringJoiner(",", "[", "]");
        Matcher code = CODE.matcher(request);
        while (code.find()) {
            keys.incrementAndGet();
            response.add(airports.getOrDefault(code.group(1), "null"));
        }
        byte[] body = response.toString().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
