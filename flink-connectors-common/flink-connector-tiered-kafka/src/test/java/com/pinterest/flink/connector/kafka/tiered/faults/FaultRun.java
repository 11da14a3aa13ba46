// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.faults;

import com.pinterest.flink.connector.kafka.tiered.ArchiveMaintenance;
import com.pinterest.flink.connector.kafka.tiered.GapPolicy;
import com.pinterest.flink.connector.kafka.tiered.KafkaArchiver;
import com.pinterest.flink.connector.kafka.tiered.KafkaBroker;
import com.pinterest.flink.connector.kafka.tiered.SavepointPositions;
import com.pinterest.flink.connector.kafka.tiered.TieredKafkaSource;
import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.Codec;
import com.pinterest.flink.connector.kafka.tiered.archive.CorruptSegmentException;
import com.pinterest.flink.connector.kafka.tiered.archive.OffsetRange;
import com.pinterest.flink.connector.kafka.tiered.archive.PartitionCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentFile;
import com.pinterest.flink.connector.kafka.tiered.archive.Segments;
import com.pinterest.flink.connector.kafka.tiered.faults.SequenceCheck.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import javax.annotation.Nullable;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * One run: a topic whose records go to and fro between Kafka and an archive while this and that
 * fails, and a job that reads it. What happens depends on the seed, when it happens on the machine.
 * In the end, the job has read each committed record once and in order, or has failed with the
 * error that is due.
 */
final class FaultRun {

    /** What the run is about. */
    private enum Kind {
        /** Whatever fails, all is read. */
        ALL_IS_READ,
        GAP_FAILS,
        GAP_IS_SKIPPED,
        GAP_IS_WAITED_FOR,
        CORRUPT_SEGMENT,
        TOPIC_CREATED_ANEW
    }

    /** What may happen in the middle of a run. */
    private enum Step {
        PRODUCE,
        FORGET,
        ARCHIVE,
        MERGE,
        RESCALE,
        LOSE_TASK_MANAGER,
        KILL_BROKER,
        GROW,
        SECOND_ARCHIVER
    }

    private static final Duration TIMEOUT = Duration.ofMinutes(4);
    private static final List<Kind> KINDS =
            List.of(
                    Kind.GAP_FAILS,
                    Kind.GAP_IS_SKIPPED,
                    Kind.GAP_IS_WAITED_FOR,
                    Kind.CORRUPT_SEGMENT,
                    Kind.CORRUPT_SEGMENT,
                    Kind.TOPIC_CREATED_ANEW);

    private final SplittableRandom random;
    private final FaultCluster cluster;
    private final KafkaBroker broker;
    private final Path directory;
    private final String topic;
    private final Set<String> story = new LinkedHashSet<>();
    private final List<JobID> archivers = new ArrayList<>();
    private final Progress progress;
    private final Kind kind;
    private final boolean compacted;
    private final boolean transactional;
    private final boolean liveArchiver;
    private final boolean faultyFiles;
    private final int failingCheckpoints;
    private final Truth truth;
    private final Map<Integer, Long> archivedByHand = new HashMap<>();
    private int partitions;
    private Uuid topicId;
    private long written;

    FaultRun(long seed, FaultCluster cluster, KafkaBroker broker, Path directory) {
        this.random = new SplittableRandom(seed);
        this.cluster = cluster;
        this.broker = broker;
        this.directory = directory;
        this.topic = "faults-" + seed + "-" + System.nanoTime();
        this.progress = SequenceCheck.progress(topic);
        this.kind = chance(65) ? Kind.ALL_IS_READ : KINDS.get(random.nextInt(KINDS.size()));
        boolean all = kind == Kind.ALL_IS_READ;
        this.compacted = all && chance(15);
        this.transactional = !compacted && chance(40);
        this.liveArchiver = all && chance(70);
        this.faultyFiles = all && chance(40);
        this.failingCheckpoints = all && chance(30) ? 20 : 0;
        this.partitions = 1 + random.nextInt(3);
        this.truth = new Truth(compacted);
        progress.failingCheckpoints = failingCheckpoints;
        FaultyFileSystem.set(seed, faultyFiles ? 1 + random.nextInt(10) : 0);
        tell(kind.toString().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
        tell(compacted, "compacted");
        tell(transactional, "transactions");
        tell(liveArchiver, "live archiver");
        tell(faultyFiles, "faulty files");
        tell(failingCheckpoints > 0, "failing checkpoints");
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private void tell(String what) {
        story.add(what);
    }

    private void tell(boolean condition, String what) {
        if (condition) {
            tell(what);
        }
    }

    /** Returns in some words what happens in the run. */
    String story() {
        return partitions + " partitions, " + String.join(", ", story);
    }

    long records() {
        return truth.records();
    }

    /** Runs, and returns what is wrong; nothing if all is well. */
    List<String> run() throws Exception {
        try {
            createTopic();
            return switch (kind) {
                case ALL_IS_READ -> allIsRead();
                case CORRUPT_SEGMENT -> corruptSegment();
                case TOPIC_CREATED_ANEW -> topicCreatedAnew();
                default -> gap();
            };
        } finally {
            FaultyFileSystem.set(0, 0);
            for (JobID archiver : archivers) {
                cluster.cancel(archiver);
            }
            broker.admin().deleteTopics(Set.of(topic)).all().get();
            SequenceCheck.forget(topic);
        }
    }

    private void createTopic() throws Exception {
        NewTopic created = new NewTopic(topic, partitions, (short) 1);
        if (compacted) {
            created.configs(
                    Map.of(
                            "cleanup.policy", "compact,delete",
                            "retention.ms", "-1",
                            "min.cleanable.dirty.ratio", "0.01",
                            "segment.ms", "200"));
        }
        topicId = broker.admin().createTopics(Set.of(created)).topicId(topic).get();
        broker.awaitPartitions(topic, partitions);
    }

    private List<String> allIsRead() throws Exception {
        produce();
        if (liveArchiver) {
            archivers.add(startArchiver("first"));
        }
        JobID reader = startReader(GapPolicy.FAIL, true, null);
        int steps = 5 + random.nextInt(8);
        for (int i = 0; i < steps; i++) {
            switch (step()) {
                case PRODUCE -> produce();
                case FORGET -> forget();
                case ARCHIVE -> archiveByHand();
                case MERGE -> merge();
                case RESCALE -> {
                    tell("rescaled");
                    reader = startReader(GapPolicy.FAIL, true, stop(reader, false));
                }
                case LOSE_TASK_MANAGER -> {
                    tell("TaskManager lost");
                    cluster.loseTaskManager();
                }
                case KILL_BROKER -> {
                    tell("broker killed");
                    broker.killAndRestart();
                }
                case GROW -> grow();
                case SECOND_ARCHIVER -> {
                    tell("second archiver");
                    archivers.add(startArchiver("second"));
                }
            }
        }
        produce();
        return drain(reader);
    }

    private Step step() {
        int roll = random.nextInt(100);
        if (roll < 30) {
            return Step.PRODUCE;
        } else if (roll < 50) {
            return Step.FORGET;
        } else if (roll < 66) {
            return liveArchiver ? Step.FORGET : Step.ARCHIVE;
        } else if (roll < 74) {
            return Step.MERGE;
        } else if (roll < 82) {
            return Step.RESCALE;
        } else if (roll < 90) {
            return Step.LOSE_TASK_MANAGER;
        } else if (roll < 93) {
            return Step.KILL_BROKER;
        } else if (roll < 97) {
            return partitions < 4 ? Step.GROW : Step.PRODUCE;
        }
        return liveArchiver && archivers.size() < 2 ? Step.SECOND_ARCHIVER : Step.PRODUCE;
    }

    /**
     * Lets the job come to the end of all partitions, and returns what is wrong with what it has
     * read. Whether it has come to the end, its savepoint says: what it had read before a failure
     * does not count.
     */
    private List<String> drain(JobID running) throws Exception {
        JobID reader = running;
        while (true) {
            await(
                    reader,
                    () ->
                            truth.partitions().stream()
                                    .allMatch(
                                            partition ->
                                                    progress.next.getOrDefault(partition, 0L)
                                                            >= truth.end(partition)));
            FaultyFileSystem.set(0, 0);
            String savepoint = stop(reader, false);
            Map<Integer, Long> positions = positions(savepoint);
            boolean complete =
                    truth.partitions().stream()
                            .allMatch(
                                    partition ->
                                            positions.getOrDefault(partition, 0L)
                                                    >= truth.end(partition));
            // A partition that is at its end will not be heard of again.
            progress.next.clear();
            progress.next.putAll(positions);
            reader = startReader(GapPolicy.FAIL, true, savepoint);
            if (complete) {
                stop(reader, true);
                return truth.violations(progress.read);
            }
        }
    }

    /** The offset of each partition in a savepoint. */
    private static Map<Integer, Long> positions(String savepoint) throws IOException {
        Map<Integer, Long> offsets = new HashMap<>();
        for (SavepointPositions source : SavepointPositions.read(savepoint)) {
            source.positions()
                    .forEach(
                            position ->
                                    offsets.put(
                                            position.partition().partition(), position.offset()));
        }
        return offsets;
    }

    /** Stops the job with a savepoint; no checkpoint fails meanwhile, for the job would end. */
    private String stop(JobID reader, boolean drain) throws Exception {
        progress.failingCheckpoints = 0;
        String savepoint =
                cluster.stop(
                        reader, Files.createDirectories(directory.resolve("savepoints")), drain);
        progress.failingCheckpoints = failingCheckpoints;
        return savepoint;
    }

    /** Waits until something is so; fails when the job does, or when it takes too long. */
    private void await(JobID job, BooleanSupplier condition) throws Exception {
        long end = System.nanoTime() + TIMEOUT.toNanos();
        while (!condition.getAsBoolean()) {
            if (cluster.status(job).isGloballyTerminalState()) {
                throw new IllegalStateException(
                        "the job has ended: "
                                + cluster.result(job)
                                        .getSerializedThrowable()
                                        .map(ExceptionUtils::stringifyException)
                                        .orElse("without an error"));
            }
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the job hangs at " + progress.next);
            }
            Thread.sleep(20);
        }
    }

    private TopicPartition partition(int number) {
        return new TopicPartition(topic, number);
    }

    /** Appends records to each partition, in transactions or not. */
    private void produce() throws Exception {
        Map<String, String> properties = new HashMap<>();
        properties.put("linger.ms", "0");
        properties.put("batch.size", "1000");
        if (transactional) {
            properties.put("transactional.id", topic);
        }
        try (KafkaProducer<byte[], byte[]> producer = broker.producer(properties)) {
            if (transactional) {
                producer.initTransactions();
            }
            for (int part = 0; part < (transactional ? 1 + random.nextInt(3) : 1); part++) {
                produce(producer);
            }
        }
    }

    private void produce(KafkaProducer<byte[], byte[]> producer) throws Exception {
        record Sent(int partition, String key, String value, Future<RecordMetadata> future) {}

        boolean commit = !transactional || chance(75);
        if (transactional) {
            producer.beginTransaction();
        }
        List<Sent> sent = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            int count = 20 + random.nextInt(200);
            for (int i = 0; i < count; i++) {
                String key = "key" + random.nextInt(compacted ? 20 : 1_000_000);
                String value = "value" + written++;
                sent.add(
                        new Sent(
                                partition,
                                key,
                                value,
                                producer.send(
                                        new ProducerRecord<>(
                                                topic,
                                                partition,
                                                KafkaBroker.FIRST_TIMESTAMP + written,
                                                bytes(key),
                                                bytes(value)))));
            }
        }
        producer.flush();
        if (transactional && commit) {
            producer.commitTransaction();
        } else if (transactional) {
            tell("aborted");
            producer.abortTransaction();
        }
        for (Sent each : sent) {
            if (commit) {
                truth.add(each.partition(), each.future().get().offset(), each.key(), each.value());
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void grow() throws Exception {
        tell("grown");
        partitions++;
        broker.admin()
                .createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions)))
                .all()
                .get();
        broker.awaitPartitions(topic, partitions);
    }

    /** Deletes in Kafka some of what the archive has, from the start on. */
    private void forget() throws Exception {
        for (int number = 0; number < partitions; number++) {
            TopicPartition partition = partition(number);
            long start = offset(partition, OffsetSpec.earliest());
            long end = offset(partition, OffsetSpec.latest());
            for (OffsetRange range : listing(partition).coverage()) {
                if (range.contains(start)) {
                    long upTo = Math.min(end, range.end());
                    long offset = start + 1 + random.nextLong(upTo - start);
                    broker.deleteBefore(partition, offset);
                    tell("forgotten");
                }
            }
        }
    }

    private long offset(TopicPartition partition, OffsetSpec spec) throws Exception {
        return broker.admin()
                .listOffsets(Map.of(partition, spec))
                .partitionResult(partition)
                .get()
                .offset();
    }

    private PartitionCatalogue listing(TopicPartition partition) throws IOException {
        return new ArchiveCatalogue(localArchive()).partition(partition, topicId);
    }

    private org.apache.flink.core.fs.Path localArchive() {
        return new org.apache.flink.core.fs.Path(archive().toUri());
    }

    private Path archive() {
        return directory.resolve("archive");
    }

    /** Writes segments for what Kafka has and the archive lacks, with overlaps. */
    private void archiveByHand() throws Exception {
        tell("archived by hand");
        for (int number = 0; number < partitions; number++) {
            TopicPartition partition = partition(number);
            long start = offset(partition, OffsetSpec.earliest());
            long end = offset(partition, OffsetSpec.latest());
            long next = Math.max(start, archivedByHand.getOrDefault(number, 0L));
            while (next < end && chance(90)) {
                long from = Math.max(start, next - random.nextInt(30));
                long to = Math.min(end, next + 1 + random.nextInt(150));
                archive(archive(), partition, from, to);
                next = to;
            }
            archivedByHand.put(number, next);
        }
    }

    private void archive(Path root, TopicPartition partition, long start, long end)
            throws IOException {
        List<ConsumerRecord<byte[], byte[]>> records = broker.read(partition, start, end);
        Codec[] codecs = Codec.values();
        Segments.write(
                root,
                partition,
                topicId,
                new OffsetRange(start, end),
                "hand" + random.nextInt(1_000_000),
                codecs[random.nextInt(codecs.length)],
                100 + random.nextInt(4_000),
                records);
    }

    /** Makes one segment of all that there are in a row, and deletes them. */
    private void merge() throws Exception {
        ArchiveMaintenance maintenance =
                new ArchiveMaintenance(
                        localArchive(),
                        Codec.LZ4,
                        1 << 20,
                        Files.createDirectories(directory.resolve("spool")));
        for (int number = 0; number < partitions; number++) {
            TopicPartition partition = partition(number);
            PartitionCatalogue listing = listing(partition);
            for (OffsetRange range : listing.coverage()) {
                List<SegmentFile> parts = new ArrayList<>();
                for (SegmentFile file : listing.segments()) {
                    if (range.contains(file.coverage().start())) {
                        parts.add(file);
                    }
                }
                if (parts.size() > 1) {
                    tell("merged");
                    maintenance.copyFromArchive(partition, topicId, listing, range, "merge");
                    for (SegmentFile part : parts) {
                        if (!part.coverage().equals(range)) {
                            Files.delete(Path.of(part.path().toUri().getPath()));
                        }
                    }
                }
            }
        }
    }

    private JobID startArchiver(String writerId) throws Exception {
        StreamExecutionEnvironment env = FaultCluster.environment(1 + random.nextInt(2), true);
        KafkaArchiver.builder()
                .setBootstrapServers(broker.address())
                .setTopics(topic)
                .setArchive(readerArchive())
                .setRollSize(new MemorySize(500 + random.nextInt(5_000)))
                .setRollInterval(Duration.ofMillis(100 + random.nextInt(500)))
                .setWriterId(writerId)
                .setProperty("partition.discovery.interval.ms", "200")
                .build()
                .addTo(env, "archiver");
        return cluster.submit(env, null);
    }

    private String readerArchive() {
        return (faultyFiles ? FaultyFileSystem.SCHEME : "file") + ":" + archive();
    }

    private JobID startReader(GapPolicy policy, boolean restarts, @Nullable String savepoint)
            throws Exception {
        StreamExecutionEnvironment env = FaultCluster.environment(1 + random.nextInt(3), restarts);
        env.fromSource(
                        TieredKafkaSource
                                .<org.apache.flink.api.java.tuple.Tuple3<Integer, Long, String>>
                                        builder()
                                .setBootstrapServers(broker.address())
                                .setTopics(topic)
                                .setArchive(readerArchive())
                                .setGapPolicy(policy)
                                .setProperty("partition.discovery.interval.ms", "200")
                                .setProperty("isolation.level", "read_committed")
                                .setProperty("max.poll.records", "" + (5 + random.nextInt(100)))
                                .setDeserializer(new PartitionOffsetText())
                                .build(),
                        WatermarkStrategy.noWatermarks(),
                        "source")
                .uid("source")
                .keyBy(record -> record.f0)
                .process(new SequenceCheck(topic))
                .uid("check")
                .sinkTo(new DiscardingSink<>());
        return cluster.submit(env, savepoint);
    }

    /** Neither tier has some offsets. */
    private List<String> gap() throws Exception {
        partitions = 1;
        TopicPartition partition = partition(0);
        while (offset(partition, OffsetSpec.latest()) < 150) {
            produce();
        }
        long end = offset(partition, OffsetSpec.latest());
        long gapStart = 20 + random.nextLong(60);
        long gapEnd = gapStart + 1 + random.nextLong(50);
        archive(archive(), partition, 0, gapStart);
        archive(directory.resolve("later"), partition, gapStart, gapEnd);
        boolean continued = chance(50);
        if (continued) {
            archive(archive(), partition, gapEnd, end - 10);
        }
        broker.deleteBefore(partition, continued ? end - 10 : gapEnd);
        GapPolicy policy =
                kind == Kind.GAP_FAILS
                        ? GapPolicy.FAIL
                        : kind == Kind.GAP_IS_SKIPPED ? GapPolicy.SKIP : GapPolicy.WAIT;
        if (kind == Kind.GAP_FAILS) {
            String error = error(policy);
            String due =
                    String.format("has offsets %d to %d of %s", gapStart, gapEnd - 1, partition);
            return error.contains(due)
                    ? notFurther(gapStart)
                    : List.of("instead of '" + due + "': " + error);
        }
        JobID reader = startReader(policy, false, null);
        if (kind == Kind.GAP_IS_SKIPPED) {
            truth.lose(0, new OffsetRange(gapStart, gapEnd));
        } else {
            Thread.sleep(random.nextInt(500));
            PartitionCatalogue later =
                    new ArchiveCatalogue(
                                    new org.apache.flink.core.fs.Path(
                                            directory.resolve("later").toUri()))
                            .partition(partition, topicId);
            for (SegmentFile file : later.segments()) {
                Path from = Path.of(file.path().toUri().getPath());
                Files.move(from, archive().resolve(directory.resolve("later").relativize(from)));
            }
        }
        return drain(reader);
    }

    /** The error of a job that has to fail. */
    private String error(GapPolicy policy) throws Exception {
        String error;
        do {
            error = error(startReader(policy, false, null));
            // Flink may notice an event for a task that has failed before it hears why.
        } while (error.contains("An OperatorEvent from an OperatorCoordinator to a task was lost"));
        return error;
    }

    private String error(JobID job) throws Exception {
        return cluster.result(job)
                .getSerializedThrowable()
                .map(ExceptionUtils::stringifyException)
                .orElse("no error");
    }

    private List<String> notFurther(long offset) {
        long next = progress.next.getOrDefault(0, 0L);
        return next <= offset
                ? List.of()
                : List.of("read up to " + next + ", although it cannot get past " + offset);
    }

    /** A segment is truncated, or a bit of it is flipped. */
    private List<String> corruptSegment() throws Exception {
        partitions = 1;
        TopicPartition partition = partition(0);
        while (offset(partition, OffsetSpec.latest()) < 100) {
            produce();
        }
        long end = offset(partition, OffsetSpec.latest());
        for (long start = 0; start < end; start += 40) {
            archive(archive(), partition, start, Math.min(end, start + 40));
        }
        broker.deleteBefore(partition, end);
        List<SegmentFile> segments = listing(partition).segments();
        SegmentFile damaged = segments.get(random.nextInt(segments.size()));
        Path file = Path.of(damaged.path().toUri().getPath());
        byte[] bytes = Files.readAllBytes(file);
        int position = random.nextInt(bytes.length);
        if (chance(50)) {
            tell("truncated");
            bytes = java.util.Arrays.copyOf(bytes, position);
        } else {
            tell("bit flipped");
            bytes[position] ^= (byte) (1 << random.nextInt(8));
        }
        Files.write(file, bytes);
        String error = error(GapPolicy.SKIP);
        String due = CorruptSegmentException.class.getName() + ": Segment " + damaged.path();
        return error.contains(CorruptSegmentException.class.getName())
                        && error.contains(file.getFileName().toString())
                ? notFurther(damaged.coverage().end())
                : List.of("instead of '" + due + "': " + error);
    }

    /** The topic is deleted and created again, and archived again, between two runs of a job. */
    private List<String> topicCreatedAnew() throws Exception {
        produce();
        JobID reader = startReader(GapPolicy.FAIL, false, null);
        OptionalLong committed = truth.partitions().stream().mapToLong(truth::end).max();
        if (committed.isPresent()) {
            await(reader, () -> !progress.next.isEmpty());
        }
        String savepoint = stop(reader, false);
        broker.admin().deleteTopics(Set.of(topic)).all().get();
        createTopic();
        produce();
        if (chance(50)) {
            archiveByHand();
        }
        JobID restored = startReader(GapPolicy.SKIP, false, savepoint);
        String error = error(restored);
        return error.contains("was deleted and created again")
                ? List.of()
                : List.of("the new topic was not noticed: " + error);
    }
}
