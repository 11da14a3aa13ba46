// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Answers as it is told, and keeps what it was asked. */
final class FakeService implements AutoCloseable {

    /** A request. */
    record Asked(
            String request, String token, String idempotencyKey, String ifMatch, String body) {}

    private record Answer(int status, String body) {}

    private final HttpServer server;
    private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();
    private final List<Asked> asked = new ArrayList<>();

    FakeService() throws IOException {
        this(HttpServer.create());
    }

    /** One with the certificate of a key store. */
    static FakeService secure(Path store, String password)
            throws IOException, GeneralSecurityException {
        KeyManagerFactory keys =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(
                KeyStore.getInstance(store.toFile(), password.toCharArray()),
                password.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create();
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        return new FakeService(server);
    }

    private FakeService(HttpServer server) throws IOException {
        this.server = server;
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    String address() {
        String scheme = server instanceof HttpsServer ? "https" : "http";
        return scheme + "://localhost:" + server.getAddress().getPort();
    }

    /** Answers questions for a path with another address. */
    void redirect(String path, String address) {
        server.createContext(
                path,
                exchange -> {
                    exchange.getResponseHeaders().add("Location", address);
                    exchange.sendResponseHeaders(302, -1);
                    exchange.close();
                });
    }

    /** The next answer to a request, such as {@code GET /api/v1/jobs}; the last one stays. */
    FakeService on(String request, int status, String body) {
        answers.computeIfAbsent(request, key -> new ArrayDeque<>()).add(new Answer(status, body));
        return this;
    }

    synchronized List<Asked> asked() {
        return List.copyOf(asked);
    }

    Asked asked(String request) {
        return asked().stream()
                .filter(one -> one.request().equals(request))
                .findFirst()
                .orElseThrow(() -> new AssertionError("not among " + asked()));
    }

    private synchronized void handle(HttpExchange exchange) throws IOException {
        String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        asked.add(
                new Asked(
                        request,
                        exchange.getRequestHeaders().getFirst("Authorization"),
                        exchange.getRequestHeaders().getFirst("Idempotency-Key"),
                        exchange.getRequestHeaders().getFirst("If-Match"),
                        body));
        Deque<Answer> known = answers.getOrDefault(request, new ArrayDeque<>());
        Answer answer =
                known.isEmpty()
                        ? new Answer(404, "{\"detail\": \"nothing at " + request + "\"}")
                        : known.size() == 1 ? known.peek() : known.poll();
        byte[] bytes = answer.body().getBytes(UTF_8);
        exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
