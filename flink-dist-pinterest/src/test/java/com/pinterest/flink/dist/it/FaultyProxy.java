// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Stands between a client and an HTTP server. One request, of those that match a pattern, meets
 * with a fault; all others pass.
 */
final class FaultyProxy implements AutoCloseable {

    /** What happens to the request. */
    enum Fate {
        /** The server never sees it; the connection is cut. */
        LOST,
        /** The server answers, and the connection is cut before the client hears of it. */
        ANSWER_LOST,
        /** The connection is cut; the server sees the request some seconds later. */
        LATE
    }

    private static final long LATE_SECONDS = 5;

    private final HttpServer server;
    private final URI target;
    private final HttpClient http = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Trap trap;

    private static final class Trap {
        final Pattern request;
        final Fate fate;
        final Runnable before;
        final Runnable after;
        final CountDownLatch sprung = new CountDownLatch(1);
        int spared;

        Trap(Pattern request, int spared, Fate fate, Runnable before, Runnable after) {
            this.request = request;
            this.spared = spared;
            this.fate = fate;
            this.before = before;
            this.after = after;
        }
    }

    FaultyProxy(int port) throws IOException {
        target = URI.create("http://localhost:" + port);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String address() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    /**
     * Lays a trap for one request.
     *
     * @param request a method and a path
     * @param spared how many requests pass before
     * @param before runs before the server could see the request
     * @param after runs before the connection is cut
     */
    synchronized void trap(
            Pattern request, int spared, Fate fate, Runnable before, Runnable after) {
        trap = new Trap(request, spared, fate, before, after);
    }

    /** Whether the request has come. */
    synchronized boolean isSprung() {
        return trap.sprung.getCount() == 0;
    }

    private synchronized Optional<Trap> trapFor(String request) {
        if (trap == null || isSprung() || !trap.request.matcher(request).matches()) {
            return Optional.empty();
        }
        if (trap.spared > 0) {
            trap.spared--;
            return Optional.empty();
        }
        return Optional.of(trap);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().toString();
        String method = exchange.getRequestMethod();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(target.resolve(path))
                        .method(
                                method,
                                HttpRequest.BodyPublishers.ofByteArray(
                                        exchange.getRequestBody().readAllBytes()));
        String type = exchange.getRequestHeaders().getFirst("Content-Type");
        if (type != null) {
            request.header("Content-Type", type);
        }
        Optional<Trap> caught = trapFor(method + " " + exchange.getRequestURI().getPath());
        try {
            if (caught.isEmpty()) {
                answer(exchange, send(request.build()));
                return;
            }
            spring(caught.get(), request.build());
        } catch (IOException e) {
            // The server is gone: so is the connection.
        } finally {
            exchange.close();
        }
    }

    private void spring(Trap sprung, HttpRequest request) throws IOException {
        sprung.before.run();
        switch (sprung.fate) {
            case LOST -> {}
            case ANSWER_LOST -> send(request);
            case LATE ->
                    threads.execute(
                            () -> {
                                try {
                                    TimeUnit.SECONDS.sleep(LATE_SECONDS);
                                    send(request);
                                } catch (IOException e) {
                                    // It is as lost then.
                                } catch (InterruptedException e) {
                                    Thread.currentThread().interrupt();
                                }
                            });
        }
        sprung.after.run();
        sprung.sprung.countDown();
    }

    private HttpResponse<byte[]> send(HttpRequest request) throws IOException {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static void answer(HttpExchange exchange, HttpResponse<byte[]> response)
            throws IOException {
        response.headers()
                .firstValue("Content-Type")
                .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
        exchange.sendResponseHeaders(
                response.statusCode(), response.body().length == 0 ? -1 : response.body().length);
        try (OutputStream body = exchange.getResponseBody()) {
            body.write(response.body());
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
