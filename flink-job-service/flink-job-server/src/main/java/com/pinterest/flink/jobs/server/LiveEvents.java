// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import io.javalin.http.Context;
import io.javalin.http.sse.SseClient;
import io.javalin.http.sse.SseHandler;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Server-sent events: asks, for each client, once a second what is new for it. Thread-safe. A
 * client that reads slowly holds up itself only, as long as there are not many of them.
 */
final class LiveEvents implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LiveEvents.class);
    private static final int THREADS = 4;
    private static final int MAX_CLIENTS = 200;
    private static final long INTERVAL_MILLIS = 1_000;

    /** Without an event for so many looks, a comment shows whether the client is still there. */
    private static final int LOOKS_TO_PING = 10;

    private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService scheduler =
            Executors.newSingleThreadScheduledExecutor(OperationLoop.daemon("events"));
    private final ExecutorService workers =
            Executors.newFixedThreadPool(THREADS, OperationLoop.daemon("events-client"));

    /**
     * What a client gets.
     *
     * @param data one line or several
     */
    record Event(String name, String data) {}

    /** What is new for one client. Called by one thread at a time. */
    @FunctionalInterface
    interface Source {
        /**
         * Returns what has come since the last call, which is everything at the first one.
         *
         * @throws Problem if the client may not see it any more: this ends the connection
         */
        List<Event> next();
    }

    private static final class Subscription {
        final SseClient client;
        final Source source;
        boolean busy;
        int quietLooks;

        Subscription(SseClient client, Source source) {
            this.client = client;
            this.source = source;
        }
    }

    void start() {
        ScheduledFuture<?> unused =
                scheduler.scheduleWithFixedDelay(
                        this::look, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Answers a request with events, for as long as its client listens. */
    void answer(Context context, Source source) {
        String accept = context.header("Accept");
        if (accept == null || !accept.contains("text/event-stream")) {
            throw Problem.of(
                    406, "events-only", "ask for events with the header Accept: text/event-stream");
        }
        if (subscriptions.size() >= MAX_CLIENTS) {
            throw Problem.of(503, "too-many-clients", MAX_CLIENTS + " clients listen already");
        }
        new SseHandler(
                        client -> {
                            Subscription subscription = new Subscription(client, source);
                            client.keepAlive();
                            client.onClose(() -> subscriptions.remove(subscription));
                            subscriptions.add(subscription);
                        })
                .handle(context);
    }

    private void look() {
        for (Subscription subscription : subscriptions) {
            synchronized (subscription) {
                if (subscription.busy) {
                    continue;
                }
                subscription.busy = true;
            }
            workers.execute(() -> send(subscription));
        }
    }

    private void send(Subscription subscription) {
        SseClient client = subscription.client;
        try {
            if (client.terminated()) {
                subscriptions.remove(subscription);
                return;
            }
            List<Event> events = subscription.source.next();
            for (Event event : events) {
                client.sendEvent(event.name(), event.data());
            }
            subscription.quietLooks = events.isEmpty() ? subscription.quietLooks + 1 : 0;
            if (subscription.quietLooks == LOOKS_TO_PING) {
                subscription.quietLooks = 0;
                client.sendComment("ping");
            }
        } catch (Problem e) {
            subscriptions.remove(subscription);
            client.close();
        } catch (RuntimeException e) {
            LOG.warn("A client gets no more events", e);
            subscriptions.remove(subscription);
            client.close();
        } finally {
            synchronized (subscription) {
                subscription.busy = false;
            }
        }
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
        workers.shutdownNow();
        for (Subscription subscription : subscriptions) {
            subscription.client.close();
        }
        try {
            workers.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
