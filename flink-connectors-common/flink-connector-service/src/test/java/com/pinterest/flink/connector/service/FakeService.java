// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import com.pinterest.flink.connector.service.ServiceException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A service whose calls a test answers. Even keys have a value, their decimal number. */
final class FakeService implements ServiceProtocol<Integer, String> {

    private static final long serialVersionUID = 1;

    private final boolean idempotent;
    private final transient List<FakeCall> open = new ArrayList<>();
    private transient int calls;
    private transient int closed;

    /** Whether calls are answered at once. */
    transient boolean automatic;

    FakeService(boolean idempotent) {
        this.idempotent = idempotent;
    }

    /** A call that has not been answered. */
    static final class FakeCall {

        final List<Integer> keys;
        final CompletableFuture<List<Answer<String>>> future = new CompletableFuture<>();

        FakeCall(List<Integer> keys) {
            this.keys = keys;
        }

        /** Answers as the service does. */
        void answer() {
            answer(List.of());
        }

        /** Answers, but for some keys. */
        void answer(List<Integer> failing) {
            List<Answer<String>> answers = new ArrayList<>();
            for (int key : keys) {
                answers.add(
                        failing.contains(key)
                                ? Answer.failed(ServiceException.of(Kind.TRANSIENT, "key " + key))
                                : answerFor(key));
            }
            future.complete(answers);
        }

        void fail(Kind kind) {
            future.completeExceptionally(ServiceException.of(kind, "as the test says"));
        }

        void fail(Kind kind, Duration retryAfter) {
            future.completeExceptionally(
                    ServiceException.of(kind, "as the test says").withRetryAfter(retryAfter));
        }
    }

    static Answer<String> answerFor(int key) {
        return key % 2 == 0 ? Answer.of(Integer.toString(key)) : Answer.absent();
    }

    @Override
    public ServiceConnection<Integer, String> connect(ClassLoader userCodeClassLoader) {
        return new ServiceConnection<>() {
            @Override
            public CompletableFuture<List<Answer<String>>> call(
                    List<Integer> keys, Duration timeout) {
                FakeCall call = new FakeCall(keys);
                calls++;
                if (automatic) {
                    call.answer();
                } else {
                    open.add(call);
                }
                return call.future;
            }

            @Override
            public void close() {
                closed++;
            }
        };
    }

    @Override
    public boolean isIdempotent() {
        return idempotent;
    }

    /** The calls that were not taken yet. */
    List<FakeCall> takeAll() {
        List<FakeCall> all = List.copyOf(open);
        open.clear();
        return all;
    }

    /** The only call that was not taken yet. */
    FakeCall take() {
        if (open.size() != 1) {
            throw new AssertionError(open.size() + " calls instead of one");
        }
        return open.remove(0);
    }

    int waiting() {
        return open.size();
    }

    int calls() {
        return calls;
    }

    int closed() {
        return closed;
    }
}
