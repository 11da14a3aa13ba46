// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.http;

import com.pinterest.flink.connector.service.Answer;
import com.pinterest.flink.connector.service.ServiceConnection;
import com.pinterest.flink.connector.service.ServiceException;
import com.pinterest.flink.connector.service.ServiceException.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.annotation.Nullable;

/**
 * The connections to an HTTP service, those of one {@link HttpClient} of the JDK. Thread-safe.
 *
 * <p>Before Java 21 that client cannot be closed: its selector thread ends once the client is not
 * reachable any more. So nothing static may refer to it, and {@code close} only cancels the calls.
 * The threads that read responses end when they are idle for a second.
 */
final class HttpConnection<K, V> implements ServiceConnection<K, V> {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** The caller's time-out comes first; this one only frees the connection. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private static final int MAX_THREADS = 4;
    private static final int MAX_ERROR_LENGTH = 200;

    private final HttpService<K, V> service;
    private final HttpClient client;
    private final Set<CompletableFuture<?>> calls = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    HttpConnection(HttpService<K, V> service) {
        this.service = service;
        int threads = Math.min(MAX_THREADS, Runtime.getRuntime().availableProcessors());
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(
                        threads,
                        threads,
                        1,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        action -> {
                            Thread thread =
                                    new Thread(action, "http-service-" + number.incrementAndGet());
                            thread.setDaemon(true);
                            return thread;
                        });
        executor.allowCoreThreadTimeOut(true);
        this.client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(CONNECT_TIMEOUT)
                        .executor(executor)
                        .build();
    }

    @Override
    // Results are passed on by the handlers.
    @SuppressWarnings({"CollectionUndefinedEquality", "FutureReturnValueIgnored"})
    public CompletableFuture<List<Answer<V>>> call(List<K> keys, Duration timeout) {
        CompletableFuture<List<Answer<V>>> result = new CompletableFuture<>();
        HttpRequest request;
        try {
            request = request(keys, timeout);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(
                    ServiceException.of(
                            Kind.PERMANENT, "The keys cannot be written: " + e.getMessage(), e));
        }
        CompletableFuture<HttpResponse<byte[]>> sent =
                client.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray());
        calls.add(result);
        result.whenComplete(
                (answers, error) -> {
                    calls.remove(result);
                    if (result.isCancelled()) {
                        // Closes the connection, from Java 16.
                        sent.cancel(true);
                    }
                });
        sent.whenComplete(
                (response, error) -> {
                    try {
                        if (error == null) {
                            result.complete(answers(keys, response));
                        } else {
                            result.completeExceptionally(failure(error));
                        }
                    } catch (ServiceException | RuntimeException e) {
                        result.completeExceptionally(e);
                    }
                });
        if (closed) {
            result.cancel(true);
        }
        return result;
    }

    private HttpRequest request(List<K> keys, Duration timeout) throws IOException {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(service.uri(keys)).timeout(timeout.plus(GRACE));
        service.headers().forEach(builder::setHeader);
        if (service.isPost()) {
            if (!service.headers().containsKey("Content-Type")) {
                builder.setHeader("Content-Type", service.format().contentType());
            }
            builder.POST(HttpRequest.BodyPublishers.ofByteArray(service.format().write(keys)));
        }
        return builder.build();
    }

    private List<Answer<V>> answers(List<K> keys, HttpResponse<byte[]> response)
            throws ServiceException {
        int status = response.statusCode();
        if (status == 200 || status == 201 || status == 202) {
            try {
                return service.format().read(keys, response.body());
            } catch (IOException e) {
                throw ServiceException.of(
                        Kind.TRANSIENT,
                        service + " returned a malformed answer: " + firstLine(e.getMessage()),
                        e);
            }
        }
        if (status == 204 || (status == 404 && !service.isPost())) {
            return Collections.nCopies(keys.size(), Answer.absent());
        }
        throw ServiceException.of(
                        kind(status),
                        service
                                + " returned the status "
                                + status
                                + ": "
                                + firstLine(text(response.body())))
                .withRetryAfter(retryAfter(response, Instant.now()));
    }

    private static Kind kind(int status) {
        switch (status) {
            case 429:
                return Kind.THROTTLED;
            case 503:
                return Kind.REJECTED;
            case 400:
            case 406:
            case 413:
            case 415:
            case 422:
                return Kind.PERMANENT;
            default:
                // Others than the service's own errors are repeated as well: a wrong password or
                // path is put right by somebody, and no record should be lost until then.
                return Kind.TRANSIENT;
        }
    }

    /** Seconds or a date, as RFC 9110 has it; what is neither is ignored. */
    @Nullable
    static Duration retryAfter(HttpResponse<?> response, Instant now) {
        Optional<String> header = response.headers().firstValue("Retry-After");
        return header.isEmpty() ? null : retryAfter(header.get().trim(), now);
    }

    @Nullable
    static Duration retryAfter(String value, Instant now) {
        Duration time;
        try {
            time =
                    value.matches("[0-9]{1,9}")
                            ? Duration.ofSeconds(Long.parseLong(value))
                            : Duration.between(
                                    now,
                                    ZonedDateTime.parse(
                                            value, DateTimeFormatter.RFC_1123_DATE_TIME));
        } catch (DateTimeException e) {
            return null;
        }
        return time.isNegative() ? Duration.ZERO : time;
    }

    private ServiceException failure(Throwable error) {
        Throwable cause = error;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        boolean notSent =
                cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException;
        Kind kind =
                notSent
                        ? Kind.REJECTED
                        : cause instanceof IOException ? Kind.TRANSIENT : Kind.PERMANENT;
        return ServiceException.of(kind, service + " failed: " + cause, cause);
    }

    private static String text(byte[] body) {
        return new String(body, 0, Math.min(body.length, MAX_ERROR_LENGTH), StandardCharsets.UTF_8);
    }

    private static String firstLine(@Nullable String text) {
        return text == null ? "" : text.lines().findFirst().orElse("");
    }

    @Override
    public void close() throws IOException {
        closed = true;
        for (CompletableFuture<?> call : calls) {
            call.cancel(true);
        }
        try {
            // From Java 21.
            HttpClient.class.getMethod("shutdownNow").invoke(client);
        } catch (NoSuchMethodException e) {
            // The client is closed once it is collected.
        } catch (ReflectiveOperationException e) {
            throw new IOException("The HTTP client cannot be closed", e);
        }
    }
}
