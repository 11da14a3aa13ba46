// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.annotation.Nullable;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.connector.file.sink.FileSinkCommittable;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.util.function.SupplierWithException;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits for all tiers, also for those that the sink has written before: committers of these are
 * made when there is something for them.
 *
 * <p>Not safe for use by several threads.
 */
final class TieredCommitter implements Committer<TierItem> {

    private static final Logger LOG = LoggerFactory.getLogger(TieredCommitter.class);

    private final CommitFailure commitFailure;
    private final TransactionOutcomes outcomes;
    private final SupplierWithException<Committer<KafkaCommittable>, IOException> kafkaFactory;
    private final SupplierWithException<Committer<FileSinkCommittable>, IOException> filesFactory;
    @Nullable private Committer<KafkaCommittable> kafka;
    @Nullable private Committer<FileSinkCommittable> files;

    TieredCommitter(
            CommitFailure commitFailure,
            TransactionOutcomes outcomes,
            SupplierWithException<Committer<KafkaCommittable>, IOException> kafkaFactory,
            SupplierWithException<Committer<FileSinkCommittable>, IOException> filesFactory) {
        this.commitFailure = commitFailure;
        this.outcomes = outcomes;
        this.kafkaFactory = kafkaFactory;
        this.filesFactory = filesFactory;
    }

    /** Makes the committer of Kafka before it is needed. */
    TieredCommitter withKafka() throws IOException {
        kafka = kafkaFactory.get();
        return this;
    }

    @Override
    public void commit(Collection<CommitRequest<TierItem>> requests)
            throws IOException, InterruptedException {
        commitSegments(requests);
        List<Request<FileSinkCommittable>> ofFiles = of(requests, SinkTier.FILES, Request::new);
        if (!ofFiles.isEmpty()) {
            files = files == null ? filesFactory.get() : files;
            files.commit(List.copyOf(ofFiles));
        }
        List<KafkaRequest> ofKafka = of(requests, SinkTier.KAFKA, KafkaRequest::new);
        if (!ofKafka.isEmpty()) {
            kafka = kafka == null ? kafkaFactory.get() : kafka;
            kafka.commit(List.copyOf(ofKafka));
            failIfLost(ofKafka);
        }
    }

    private static void commitSegments(Collection<CommitRequest<TierItem>> requests)
            throws IOException {
        for (CommitRequest<TierItem> request : requests) {
            if (request.getCommittable().tier() == SinkTier.ARCHIVE) {
                ClosedSegment segment = (ClosedSegment) request.getCommittable().value();
                segment.commit();
                LOG.info("Committed segment {}", segment);
            }
        }
    }

    private static <R> List<R> of(
            Collection<CommitRequest<TierItem>> requests,
            SinkTier tier,
            Function<CommitRequest<TierItem>, R> wrapper) {
        return requests.stream()
                .filter(request -> request.getCommittable().tier() == tier)
                .map(wrapper)
                .collect(Collectors.toList());
    }

    /** Only after all requests, so that what can be committed is. */
    private void failIfLost(List<KafkaRequest> requests) throws IOException, InterruptedException {
        List<String> lost = new ArrayList<>();
        Throwable cause = null;
        for (KafkaRequest request : requests) {
            if (request.refusal == null) {
                continue;
            }
            String id = request.getCommittable().getTransactionalId();
            if (outcomes.isCommitted(request.getCommittable())) {
                LOG.info("Transaction {} was committed before the restart", id);
                request.signalAlreadyCommitted();
            } else if (commitFailure == CommitFailure.LOG) {
                LOG.error(
                        "Transaction {} cannot be committed any more, and its records are lost",
                        id,
                        request.refusal);
                request.signalLoss();
            } else {
                lost.add(id);
                cause = cause == null ? request.refusal : cause;
            }
        }
        if (cause != null) {
            throw new IOException(
                    String.format(
                            "Transactions %s of a completed checkpoint cannot be committed any"
                                    + " more, and their records are lost. Either the job was away"
                                    + " for longer than %s, or another one uses the same"
                                    + " transactional ids. To go on without these records, restart"
                                    + " the job with CommitFailure.LOG.",
                            lost, ProducerConfig.TRANSACTION_TIMEOUT_CONFIG),
                    cause);
        }
    }

    @Override
    public void close() throws IOException {
        TierWriter.closeAll(kafka, files);
    }

    /** A request as the committer of one tier gets it. */
    private static class Request<C> implements CommitRequest<C> {

        private final CommitRequest<TierItem> request;

        Request(CommitRequest<TierItem> request) {
            this.request = request;
        }

        @Override
        @SuppressWarnings("unchecked")
        public C getCommittable() {
            return (C) request.getCommittable().value();
        }

        @Override
        public int getNumberOfRetries() {
            return request.getNumberOfRetries();
        }

        @Override
        public void signalFailedWithKnownReason(Throwable cause) {
            request.signalFailedWithKnownReason(cause);
        }

        @Override
        public void signalFailedWithUnknownReason(Throwable cause) {
            request.signalFailedWithUnknownReason(cause);
        }

        @Override
        public void retryLater() {
            request.retryLater();
        }

        @Override
        public void updateAndRetryLater(C committable) {
            request.updateAndRetryLater(new TierItem(request.getCommittable().tier(), committable));
        }

        @Override
        public void signalAlreadyCommitted() {
            request.signalAlreadyCommitted();
        }

        @Override
        public String toString() {
            return request.toString();
        }
    }

    /**
     * Keeps in mind that the broker has refused a transaction. Flink only counts those that fail
     * for a reason that Kafka's committer knows.
     */
    private static final class KafkaRequest extends Request<KafkaCommittable> {

        @Nullable private Throwable refusal;

        KafkaRequest(CommitRequest<TierItem> request) {
            super(request);
        }

        @Override
        public void signalFailedWithKnownReason(Throwable cause) {
            refusal = cause;
        }

        @Override
        public void signalFailedWithUnknownReason(Throwable cause) {
            if (cause instanceof InvalidPidMappingException) {
                // The id has another producer, or is forgotten: no restart will help.
                refusal = cause;
            } else {
                super.signalFailedWithUnknownReason(cause);
            }
        }

        void signalLoss() {
            super.signalFailedWithKnownReason(refusal);
        }
    }
}
