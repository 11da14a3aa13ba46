// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.runtime.jobgraph.tasks.AbstractInvokable;

/** A task that does nothing until it is told to fail, or cancelled. */
public final class HoldingTask extends AbstractInvokable {

    private static volatile CompletableFuture<Void> failure = new CompletableFuture<>();

    private final CompletableFuture<Void> cancelled = new CompletableFuture<>();

    public HoldingTask(Environment environment) {
        super(environment);
    }

    /** Lets all tasks that run fail; those that start after it hold again. */
    static void fail() {
        CompletableFuture<Void> now = failure;
        failure = new CompletableFuture<>();
        now.completeExceptionally(new IllegalStateException("A failure on purpose"));
    }

    @Override
    public void invoke() throws Exception {
        try {
            CompletableFuture.anyOf(failure, cancelled).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Failed", e);
        }
    }

    @Override
    public void cancel() {
        cancelled.complete(null);
    }
}
