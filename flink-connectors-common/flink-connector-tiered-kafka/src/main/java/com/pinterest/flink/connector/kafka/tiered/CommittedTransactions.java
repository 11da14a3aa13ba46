// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.connector.kafka.sink.internal.BackchannelFactory;
import org.apache.flink.connector.kafka.sink.internal.CheckpointTransaction;
import org.apache.flink.connector.kafka.sink.internal.ReadableBackchannel;
import org.apache.flink.connector.kafka.sink.internal.TransactionFinished;
import org.apache.flink.connector.kafka.sink.internal.WritableBackchannel;

/**
 * Decides when the id of a committed transaction may be used again: when no checkpoint to restore
 * wants that transaction to be committed.
 *
 * <p>{@code KafkaSink} with pooled ids uses an id again as soon as its transaction is committed. If
 * the job then fails before the next checkpoint completes, it restores one whose committer state
 * has the transaction still, and finds it fenced, although nothing is lost: that cannot be told
 * from a transaction that the broker has aborted. So this stands between the committer and Kafka's
 * writer: the committer reports here what it has committed, and the writer hears of it only when a
 * checkpoint is complete that was taken after that.
 *
 * <p>It also keeps those transactions out of the writer's state, in which Kafka's writer would find
 * them to be pending, and leave a later transaction of the same id open.
 *
 * <p>Not safe for use by several threads.
 */
final class CommittedTransactions implements AutoCloseable {

    private final ReadableBackchannel<TransactionFinished> committed;
    private final WritableBackchannel<TransactionFinished> released;

    /**
     * Of transactions that were not committed at the last snapshot, the checkpoint for which they
     * were opened. They may belong to a later one, if that failed, but never to an earlier one.
     */
    private final Map<String, Long> checkpoints = new HashMap<>();

    private final Deque<Held> held = new ArrayDeque<>();

    /**
     * @param restored the state of the writer
     */
    CommittedTransactions(
            int subtask,
            int attempt,
            String transactionalIdPrefix,
            Collection<KafkaWriterState> restored) {
        BackchannelFactory channels = BackchannelFactory.getInstance();
        committed =
                channels.getReadableBackchannel(
                        subtask, attempt, channelOfCommitter(transactionalIdPrefix));
        released = channels.getWritableBackchannel(subtask, attempt, transactionalIdPrefix);
        remember(restored);
    }

    /** Returns the name under which the committer reports, instead of the prefix. */
    static String channelOfCommitter(String transactionalIdPrefix) {
        return transactionalIdPrefix + " (committed)";
    }

    /** Tells Kafka's writer, before it takes a snapshot, which ids it may use again. */
    void release(long checkpointId) {
        List<TransactionFinished> arrived = new ArrayList<>();
        long completed = Long.MIN_VALUE;
        for (TransactionFinished each = committed.poll(); each != null; each = committed.poll()) {
            arrived.add(each);
            // It was committed, so its checkpoint is complete.
            completed =
                    Math.max(
                            completed,
                            checkpoints.getOrDefault(each.getTransactionId(), Long.MIN_VALUE));
        }
        while (!held.isEmpty() && held.peek().firstCheckpointWithout <= completed) {
            released.send(held.remove().transaction);
        }
        arrived.forEach(each -> held.add(new Held(each, checkpointId)));
    }

    /** Returns the state of Kafka's writer without transactions that are committed. */
    List<KafkaWriterState> withoutCommitted(Collection<KafkaWriterState> states) {
        Set<String> ids = new HashSet<>();
        held.forEach(each -> ids.add(each.transaction.getTransactionId()));
        List<KafkaWriterState> remaining =
                states.stream().map(state -> without(state, ids)).collect(Collectors.toList());
        remember(remaining);
        return remaining;
    }

    private void remember(Collection<KafkaWriterState> states) {
        checkpoints.clear();
        for (KafkaWriterState state : states) {
            for (CheckpointTransaction each : state.getPrecommittedTransactionalIds()) {
                checkpoints.put(each.getTransactionalId(), each.getCheckpointId());
            }
        }
    }

    private static KafkaWriterState without(KafkaWriterState state, Set<String> ids) {
        return new KafkaWriterState(
                state.getTransactionalIdPrefix(),
                state.getOwnedSubtaskId(),
                state.getTotalNumberOfOwnedSubtasks(),
                state.getTransactionOwnership(),
                state.getPrecommittedTransactionalIds().stream()
                        .filter(transaction -> !ids.contains(transaction.getTransactionalId()))
                        .collect(Collectors.toList()));
    }

    @Override
    public void close() throws IOException {
        TierWriter.closeAll(committed, released);
    }

    private static final class Held {

        private final TransactionFinished transaction;

        /** The first one that was taken after the transaction had been committed. */
        private final long firstCheckpointWithout;

        private Held(TransactionFinished transaction, long firstCheckpointWithout) {
            this.transaction = transaction;
            this.firstCheckpointWithout = firstCheckpointWithout;
        }
    }
}
