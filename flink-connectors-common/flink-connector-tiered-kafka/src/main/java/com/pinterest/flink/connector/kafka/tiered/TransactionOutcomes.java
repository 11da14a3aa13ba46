// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.IOException;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

/**
 * Asks the broker what became of transactions that it refuses to commit.
 *
 * <p>From Kafka 4.0 on, the end of a transaction also increments the epoch of its producer
 * (KIP-890). A job that restores a checkpoint resumes a transaction with the epoch that it had, so
 * the broker refuses it as fenced, whether it was aborted or was committed before the failure.
 *
 * <p>Immutable and safe for use by several threads.
 */
final class TransactionOutcomes {

    private final Properties kafkaProperties;

    /**
     * @param kafkaProperties of a client of the broker
     */
    TransactionOutcomes(Properties kafkaProperties) {
        this.kafkaProperties = kafkaProperties;
    }

    /**
     * Returns whether a transaction was committed. If its id has been used again since, the answer
     * is no, whatever became of it.
     *
     * @throws IOException if the broker does not answer
     */
    boolean isCommitted(KafkaCommittable transaction) throws IOException, InterruptedException {
        String id = transaction.getTransactionalId();
        try (Admin admin = Admin.create(kafkaProperties)) {
            return isCommitted(
                    transaction, admin.describeTransactions(Set.of(id)).description(id).get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TransactionalIdNotFoundException) {
                return false;
            }
            throw new IOException("Cannot find out if transaction " + id + " was committed", e);
        }
    }

    static boolean isCommitted(KafkaCommittable transaction, TransactionDescription now) {
        if (now.state() != TransactionState.COMPLETE_COMMIT
                && now.state() != TransactionState.PREPARE_COMMIT) {
            return false;
        }
        // After its last epoch, the id gets another producer, with epoch 0.
        return transaction.getEpoch() >= Short.MAX_VALUE - 1
                ? now.producerEpoch() == 0 || now.producerEpoch() == Short.MAX_VALUE
                : now.producerId() == transaction.getProducerId()
                        && now.producerEpoch() == transaction.getEpoch() + 1;
    }
}
