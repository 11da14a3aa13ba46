// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.common;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * An HTTP service that has a text of 100 letters for each number, and takes its time. {@code GET
 * /values/7} returns one as JSON, {@code POST /values} an array of them for an array of numbers.
 *
 * <p>Prints its port. Each line of its input is the latency in milliseconds from then on; it ends
 * with its input.
 */
final class ValueServer {

    private static final String PADDING = "x".repeat(80);

    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    private volatile long latencyMillis;

    private ValueServer(long latencyMillis) {
        this.latencyMillis = latencyMillis;
    }

    /** Runs; the argument is the latency in milliseconds. */
    public static void main(String[] arguments) throws IOException {
        ValueServer values = new ValueServer(Long.parseLong(arguments[0]));
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newFixedThreadPool(2));
        server.createContext("/values", values::handle);
        server.start();
        System.out.println(server.getAddress().getPort());
        BufferedReader input =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line;
        while ((line = input.readLine()) != null) {
            values.latencyMillis = Long.parseLong(line);
        }
        System.exit(0);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // A response that fails closes its connection.
    private void handle(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        byte[] response = answer(exchange, body).getBytes(StandardCharsets.UTF_8);
        timer.schedule(
                () -> {
                    exchange.sendResponseHeaders(200, response.length);
                    exchange.getResponseBody().write(response);
                    exchange.close();
                    return null;
                },
                latencyMillis,
                TimeUnit.MILLISECONDS);
    }

    private static String answer(HttpExchange exchange, String body) {
        if (exchange.getRequestMethod().equals("GET")) {
            String path = exchange.getRequestURI().getPath();
            return value(path.substring(path.lastIndexOf('/') + 1));
        }
        StringJoiner values = new StringJoiner(",", "[", "]");
        for (String number : body.substring(1, body.length() - 1).split(",", -1)) {
            values.add(value(number));
        }
        return values.toString();
    }

    private static String value(String number) {
        return "\"value " + number + " " + PADDING + "\"";
    }
}
