// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.tool;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/**
 * {@code transactions}: open transactions of the Kafka sinks with a prefix. Those of a job that is
 * gone hold back readers of committed records until they time out.
 */
final class TransactionsCommand implements Command {

    @Override
    public String usage() {
        return String.join(
                "\n",
                "Usage: flink-connectors transactions --bootstrap-servers LIST [--prefix PREFIX]"
                        + " [options]",
                "Lists open transactions, oldest first. PREFIX is the transactional id prefix of a"
                        + " sink.",
                "  --older-than DURATION  only those that were opened before that time (default 0s)",
                "  --abort                aborts them; needs --prefix",
                "Abort only when no job with this prefix runs: its sink is fenced, and fails. What a",
                "checkpoint or savepoint wants to commit when it is restored is lost as well.",
                "Exits with 1 if transactions are left open.");
    }

    @Override
    public Set<String> options() {
        return Set.of("--bootstrap-servers", "--property", "--prefix", "--older-than");
    }

    @Override
    public Set<String> flags() {
        return Set.of("--abort");
    }

    @Override
    public int run(Arguments arguments, Output output) throws IOException {
        boolean abort = arguments.has("--abort");
        if (abort && arguments.find("--prefix").isEmpty()) {
            throw new UsageException("Option --abort needs --prefix");
        }
        Duration olderThan = arguments.duration("--older-than", Duration.ZERO);
        try (Admin admin = Admin.create(arguments.client())) {
            List<Open> found =
                    arguments.find("--prefix").isPresent()
                            ? find(admin, ofPrefix(arguments.get("--prefix")), olderThan)
                            : find(admin, Pattern.compile(".*", Pattern.DOTALL), olderThan);
            if (abort && !found.isEmpty()) {
                get(
                        admin.fenceProducers(
                                        found.stream()
                                                .map(each -> each.id)
                                                .collect(Collectors.toList()))
                                .all(),
                        "abort transactions");
            }
            print(found, abort, output);
            return found.isEmpty() || abort ? OK : FOUND;
        }
    }

    /** Returns what matches the ids of a sink: not those of one with a longer prefix. */
    static Pattern ofPrefix(String prefix) {
        return Pattern.compile(Pattern.quote(prefix) + "-\\d+-\\d+");
    }

    private static List<Open> find(Admin admin, Pattern ids, Duration olderThan)
            throws IOException {
        Collection<TransactionListing> listed =
                get(
                        admin.listTransactions(
                                        new ListTransactionsOptions()
                                                .filterStates(List.of(TransactionState.ONGOING)))
                                .all(),
                        "list transactions");
        List<String> matching =
                listed.stream()
                        .map(TransactionListing::transactionalId)
                        .filter(id -> ids.matcher(id).matches())
                        .collect(Collectors.toList());
        List<Open> open = new ArrayList<>();
        if (matching.isEmpty()) {
            return open;
        }
        Map<String, TransactionDescription> described =
                get(admin.describeTransactions(matching).all(), "describe transactions");
        long now = System.currentTimeMillis();
        described.forEach(
                (id, description) -> {
                    long start = description.transactionStartTimeMs().orElse(now);
                    // It may have ended since it was listed.
                    if (description.state() == TransactionState.ONGOING
                            && now - start >= olderThan.toMillis()) {
                        open.add(new Open(id, start, description));
                    }
                });
        open.sort((one, other) -> Long.compare(one.start, other.start));
        return open;
    }

    private static void print(List<Open> found, boolean aborted, Output output) {
        for (Open each : found) {
            output.line(
                    "%s%s  open since %s, times out after %s, in %s",
                    aborted ? "aborted " : "",
                    each.id,
                    Output.time(each.start),
                    Duration.ofMillis(each.description.transactionTimeoutMs()),
                    each.partitions());
        }
        if (found.isEmpty()) {
            output.line("No open transactions");
        }
        output.document(
                Output.object(
                        "aborted",
                        aborted,
                        "transactions",
                        found.stream().map(Open::toObject).collect(Collectors.toList())));
    }

    private static <T> T get(KafkaFuture<T> future, String purpose) throws IOException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IOException("Kafka cannot " + purpose, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted: " + purpose, e);
        }
    }

    private static final class Open {

        private final String id;
        private final long start;
        private final TransactionDescription description;

        private Open(String id, long start, TransactionDescription description) {
            this.id = id;
            this.start = start;
            this.description = description;
        }

        private Set<String> partitions() {
            return description.topicPartitions().stream()
                    .map(TopicPartition::toString)
                    .collect(Collectors.toCollection(TreeSet::new));
        }

        private Map<String, Object> toObject() {
            return Output.object(
                    "transactionalId",
                    id,
                    "start",
                    start,
                    "timeoutMs",
                    description.transactionTimeoutMs(),
                    "partitions",
                    partitions());
        }
    }
}
