// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.redis;

import com.pinterest.flink.connector.service.Answer;
import com.pinterest.flink.connector.service.ServiceConnection;
import com.pinterest.flink.connector.service.ServiceException;
import com.pinterest.flink.connector.service.ServiceException.Kind;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.annotation.Nullable;

/**
 * The connection to a Redis server. Thread-safe.
 *
 * <p>Calls share a connection: Redis answers the commands of a connection in their order. So the
 * answer of a command that nobody waits for any more would be taken for that of the next one if it
 * never came, and otherwise keeps the others waiting. Therefore a connection is retired when a call
 * is cancelled or fails: the calls in progress on it go on, the next one opens another, and the
 * last one closes it. Nothing is repeated here.
 */
final class RedisConnection<K, V> implements ServiceConnection<K, V> {

    private static final int THREADS = 2;
    private static final long CLOSE_SECONDS = 5;

    private final RedisService<K, V> service;
    private final byte[] keyPrefix;
    private final ClientResources resources;
    private final RedisClient client;
    private final Set<CompletableFuture<?>> calls = ConcurrentHashMap.newKeySet();

    /** What the next call uses; guarded by this. */
    @Nullable private Link current;

    private boolean closed;

    RedisConnection(RedisService<K, V> service) {
        this.service = service;
        this.keyPrefix = service.keyPrefix().getBytes(StandardCharsets.UTF_8);
        this.resources =
                DefaultClientResources.builder()
                        .ioThreadPoolSize(THREADS)
                        .computationThreadPoolSize(THREADS)
                        .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                        .build();
        this.client = RedisClient.create(resources);
        this.client.setOptions(
                ClientOptions.builder()
                        // A connection that was lost is left, with its commands.
                        .autoReconnect(false)
                        .protocolVersion(ProtocolVersion.RESP2)
                        .build());
    }

    /** A connection, which may still be being opened. */
    private final class Link {

        final CompletableFuture<StatefulRedisConnection<byte[], byte[]>> connection;

        /** The calls in progress; guarded by the outer object, as the next one. */
        int users;

        boolean retired;

        Link() {
            connection =
                    client.connectAsync(ByteArrayCodec.INSTANCE, service.uri())
                            .toCompletableFuture();
        }

        boolean isLost() {
            return connection.isDone()
                    && (connection.isCompletedExceptionally() || !connection.join().isOpen());
        }
    }

    /** The connection for a call. */
    private synchronized Link begin() throws ServiceException {
        if (closed) {
            throw ServiceException.of(Kind.REJECTED, "The connection to " + service + " is closed");
        }
        if (current == null || current.isLost()) {
            current = new Link();
        }
        current.users++;
        return current;
    }

    private synchronized void end(Link link, boolean works) {
        link.users--;
        if (!works) {
            link.retired = true;
            if (current == link) {
                current = null;
            }
        }
        if (link.retired && link.users == 0) {
            close(link);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // It cannot fail in a way that matters.
    private static void close(RedisConnection<?, ?>.Link link) {
        link.connection.whenComplete(
                (connection, error) -> {
                    if (connection != null) {
                        connection.closeAsync();
                    }
                });
    }

    @Override
    // Results are passed on by the handlers.
    @SuppressWarnings({"CollectionUndefinedEquality", "FutureReturnValueIgnored"})
    public CompletableFuture<List<Answer<V>>> call(List<K> keys, Duration timeout) {
        byte[][] names;
        Link link;
        try {
            names = names(keys);
            link = begin();
        } catch (ServiceException e) {
            return CompletableFuture.failedFuture(e);
        }
        CompletableFuture<List<Answer<V>>> result = new CompletableFuture<>();
        calls.add(result);
        result.whenComplete(
                (answers, error) -> {
                    calls.remove(result);
                    end(link, error == null || isOfServer(error));
                });
        link.connection.whenComplete(
                (connection, error) -> {
                    if (error != null) {
                        result.completeExceptionally(failure(error, Kind.REJECTED));
                    } else if (!result.isDone()) {
                        send(connection, names, result);
                    }
                });
        return result;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The handler passes on the result.
    private void send(
            StatefulRedisConnection<byte[], byte[]> connection,
            byte[][] names,
            CompletableFuture<List<Answer<V>>> result) {
        try {
            connection
                    .async()
                    .mget(names)
                    .whenComplete(
                            (found, error) -> {
                                if (error != null) {
                                    result.completeExceptionally(failure(error, Kind.TRANSIENT));
                                } else {
                                    result.complete(answers(names, found));
                                }
                            });
        } catch (RuntimeException e) {
            // The connection was lost just now.
            result.completeExceptionally(failure(e, Kind.TRANSIENT));
        }
    }

    /** The names of keys. Schemas are not thread-safe. */
    private byte[][] names(List<K> keys) throws ServiceException {
        byte[][] names = new byte[keys.size()][];
        synchronized (service.keys()) {
            for (int i = 0; i < names.length; i++) {
                byte[] key;
                try {
                    key = service.keys().serialize(keys.get(i));
                } catch (RuntimeException e) {
                    throw ServiceException.of(
                            Kind.PERMANENT, "The keys cannot be written: " + e.getMessage(), e);
                }
                byte[] name = new byte[keyPrefix.length + key.length];
                System.arraycopy(keyPrefix, 0, name, 0, keyPrefix.length);
                System.arraycopy(key, 0, name, keyPrefix.length, key.length);
                names[i] = name;
            }
        }
        return names;
    }

    private List<Answer<V>> answers(byte[][] names, List<KeyValue<byte[], byte[]>> found) {
        List<Answer<V>> answers = new ArrayList<>(found.size());
        synchronized (service.values()) {
            for (int i = 0; i < found.size(); i++) {
                byte[] value = found.get(i).getValueOrElse(null);
                answers.add(value == null ? Answer.absent() : answer(names[i], value));
            }
        }
        return List.copyOf(answers);
    }

    private Answer<V> answer(byte[] name, byte[] value) {
        try {
            return Answer.ofNullable(service.values().deserialize(value));
        } catch (IOException | RuntimeException e) {
            // It will be the same the next time.
            return Answer.failed(
                    ServiceException.of(
                            Kind.PERMANENT,
                            String.format(
                                    "The value of %s in %s cannot be read: %s",
                                    new String(name, StandardCharsets.UTF_8),
                                    service,
                                    e.getMessage()),
                            e));
        }
    }

    /** Whether the server itself reported the failure, so that the connection works. */
    private static boolean isOfServer(Throwable error) {
        return error.getCause() instanceof RedisCommandExecutionException;
    }

    private ServiceException failure(Throwable error, Kind kindOfOthers) {
        Throwable cause = error;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        Kind kind =
                cause instanceof RedisCommandExecutionException
                        ? kind(String.valueOf(cause.getMessage()))
                        : kindOfOthers;
        return ServiceException.of(
                kind, service + " failed: " + RedisConnection.message(cause), cause);
    }

    /** What went wrong, with the reason of a connection that cannot be opened. */
    private static String message(Throwable error) {
        Throwable cause = error.getCause();
        return cause == null ? error.toString() : error.getMessage() + ": " + cause;
    }

    /** What an error of the server means, by its first word. */
    static Kind kind(String message) {
        switch (message.split(" ", 2)[0]) {
            case "BUSY": // a script runs
            case "CLUSTERDOWN":
            case "LOADING": // the server starts
            case "MASTERDOWN":
            case "NOAUTH": // somebody puts it right
            case "NOPERM":
                return Kind.REJECTED;
            default:
                return Kind.PERMANENT;
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            current = null;
        }
        for (CompletableFuture<?> call : calls) {
            call.cancel(true);
        }
        client.shutdown(0, CLOSE_SECONDS, TimeUnit.SECONDS);
        try {
            resources.shutdown(0, CLOSE_SECONDS, TimeUnit.SECONDS).await(CLOSE_SECONDS * 1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
