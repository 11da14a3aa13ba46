// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * An HTTP service that knows even numbers. {@code GET /numbers/key 4} returns <code>
 * {"name":"value 4"}</code>, and {@code POST /numbers} an array of such objects, null for numbers
 * that it does not know. {@code POST /lines} has keys and values in lines of text.
 */
final class NumberServer implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService executor = Executors.newCachedThreadPool();

    /** Statuses and {@code Retry-After} of the next responses. */
    private final ConcurrentLinkedQueue<Reply> replies = new ConcurrentLinkedQueue<>();

    private final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();
    private volatile Set<String> failing = Set.of();

    /** What is returned in place of an answer; a header that is null is left out. */
    record Reply(int status, String retryAfter, String body) {}

    NumberServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        server.createContext("/", this::handle);
        server.start();
    }

    InetSocketAddress address() {
        return server.getAddress();
    }

    void reply(Reply reply) {
        replies.add(reply);
    }

    void failFor(Set<String> keys) {
        failing = Set.copyOf(keys);
    }

    /** Method, path, header {@code X-Test} and body of each request. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    static String key(long number) {
        return "key " + number;
    }

    static String value(long number) {
        return "value " + number;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body =
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String method = exchange.getRequestMethod();
            String path = exchange.getRequestURI().getRawPath();
            requests.add(
                    String.join(
                            " ",
                            method,
                            path,
                            String.valueOf(exchange.getRequestHeaders().getFirst("X-Test")),
                            body));
            Reply reply = replies.poll();
            if (reply == null) {
                reply = answer(method, path, body);
            }
            if (reply.retryAfter() != null) {
                exchange.getResponseHeaders().set("Retry-After", reply.retryAfter());
            }
            byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
            if (bytes.length > 0) {
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    private Reply answer(String method, String path, String body) {
        if (method.equals("GET")) {
            String key = path.substring(path.lastIndexOf('/') + 1);
            String json = json(URLDecoder.decode(key, StandardCharsets.UTF_8));
            return json.equals("null") ? new Reply(404, null, "") : new Reply(200, null, json);
        }
        if (path.equals("/lines")) {
            List<String> lines = new ArrayList<>(body.lines().filter(this::isKnown).toList());
            // In another order than the keys.
            Collections.reverse(lines);
            return new Reply(200, null, String.join("\n", lines));
        }
        List<String> keys = new ArrayList<>();
        for (String key : body.substring(2, body.length() - 2).split("\",\"", -1)) {
            keys.add(key);
        }
        return new Reply(
                200,
                null,
                keys.stream().map(this::json).collect(Collectors.joining(",", "[", "]")));
    }

    private static String number(String key) {
        return key.substring(key.lastIndexOf(' ') + 1);
    }

    private boolean isKnown(String key) {
        return Long.parseLong(number(key)) % 2 == 0;
    }

    private String json(String key) {
        if (failing.contains(key)) {
            return "{\"error\":\"" + key + " fails\"}";
        }
        return isKnown(key) ? "{\"name\":\"value " + number(key) + "\"}" : "null";
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("A request is still being answered");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
