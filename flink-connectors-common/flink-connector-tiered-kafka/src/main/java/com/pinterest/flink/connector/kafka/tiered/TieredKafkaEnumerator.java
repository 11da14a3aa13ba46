// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import javax.annotation.Nullable;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumerator.PartitionOffsetsRetrieverImpl;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.enumerator.subscriber.KafkaSubscriber;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.util.FlinkRuntimeException;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds partitions, gives each a starting offset, and assigns it to a reader. Its state is that of
 * {@code KafkaSource}, so that savepoints can pass between the two.
 *
 * <p>It differs from the enumerator of {@code KafkaSource} in this:
 *
 * <ul>
 *   <li>Every starting offset is a number before a reader sees it, those of partitions that are
 *       found later as well: a restored job cannot resolve "earliest" a second time.
 *   <li>A partition that is being initialized is not found again (FLINK-40615).
 *   <li>A bounded source says that there are no more splits after a restore as well, to each reader
 *       (FLINK-31006).
 *   <li>It fails when a topic has been created anew.
 *   <li>While a reader reads from the archive, it says that it processes backlog.
 *   <li>It assigns nothing until the sources have caught up that it starts after. That it has
 *       assigned something says so after a restart.
 *   <li>It tells readers with a rate limit how many partitions share it, and those that replay at
 *       the records' own pace what the clock of the job shows.
 * </ul>
 *
 * <p>All methods run in the coordinator's thread, except those that are documented to run in its
 * worker thread.
 */
final class TieredKafkaEnumerator
        implements SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> {

    private static final Logger LOG = LoggerFactory.getLogger(TieredKafkaEnumerator.class);

    /** The variable of metrics that has the id of the job. */
    private static final String JOB_ID = "<job_id>";

    /** How long it may take until all sources of a job are there. */
    private static final long LEADERS_MILLIS = 60_000;

    private final KafkaSubscriber subscriber;
    private final StartingPositions initialPositions;
    private final StartingPositions laterPositions;
    private final String reset;
    private final OffsetsInitializer stoppingOffsets;
    private final Boundedness boundedness;
    private final Properties properties;
    private final SplitEnumeratorContext<KafkaPartitionSplit> context;
    private final long discoveryInterval;
    private final boolean archiveOnly;

    /** Of the worker thread. */
    private final ArchiveCatalogue catalogue;

    /** Of the worker thread. */
    private final TopicIds topicIds;

    private final Map<TopicPartition, KafkaPartitionSplit> assigned = new HashMap<>();
    private final Map<TopicPartition, KafkaPartitionSplit> unassigned = new HashMap<>();
    private final Set<TopicPartition> inFlight = new HashSet<>();
    private boolean initialDiscoveryFinished;
    private final Set<Integer> readersInArchive = new HashSet<>();
    private boolean processingBacklog;

    /** Of readers with a rate limit, by subtask. */
    private final Map<Integer, Integer> partitionsOfReaders = new HashMap<>();

    /** The readers that may end at any time, and get no more events. */
    private final Set<Integer> endedReaders = new HashSet<>();

    @Nullable private final Double replayRate;
    private final Runnable onReplayClock;
    @Nullable private ReplayClock replayClock;
    private final StartOrder startOrder;
    private final Runnable onLeader;
    private final Set<Integer> readersCaughtUp = new HashSet<>();
    @Nullable private Leaders leaders;

    /** Whether the sources have caught up that this one starts after, now or before a restart. */
    private boolean started;

    private boolean noMoreSplits;
    private AdminClient admin;

    /**
     * @param initialPositions where the partitions start that are there when the job is new
     * @param laterPositions where those start that are found later
     * @param reset where partitions start that are to start at a committed offset and have none:
     *     {@code earliest}, {@code latest}, or {@code none} for an error
     * @param archiveOnly whether offsets and timestamps of Kafka do not count
     * @param replayRate how many times as fast as they came records are read, {@code null} if they
     *     are read at any rate
     * @param startOrder by which the source may wait for others of the job
     * @param topicIds used by the worker thread only, as is the catalogue
     */
    TieredKafkaEnumerator(
            KafkaSubscriber subscriber,
            StartingPositions initialPositions,
            StartingPositions laterPositions,
            String reset,
            OffsetsInitializer stoppingOffsets,
            Boundedness boundedness,
            Properties properties,
            boolean archiveOnly,
            @Nullable Double replayRate,
            StartOrder startOrder,
            ArchiveCatalogue catalogue,
            TopicIds topicIds,
            SplitEnumeratorContext<KafkaPartitionSplit> context,
            @Nullable KafkaSourceEnumState restored) {
        this.subscriber = subscriber;
        this.initialPositions = initialPositions;
        this.laterPositions = laterPositions;
        this.reset = reset;
        this.stoppingOffsets = stoppingOffsets;
        this.boundedness = boundedness;
        this.properties = properties;
        this.archiveOnly = archiveOnly;
        this.replayRate = replayRate;
        // It may be another source of the job that has started the clock, in its thread.
        this.onReplayClock = () -> context.runInCoordinatorThread(this::tellReplayClock);
        this.startOrder = startOrder;
        this.onLeader = () -> context.runInCoordinatorThread(this::startIfDue);
        this.context = context;
        this.catalogue = catalogue;
        this.topicIds = topicIds;
        this.discoveryInterval =
                KafkaSourceOptions.getOption(
                        properties,
                        KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS,
                        Long::parseLong);
        if (restored != null) {
            put(assigned, restored.assignedSplits());
            put(unassigned, restored.unassignedSplits());
            initialDiscoveryFinished = restored.initialDiscoveryFinished();
        }
        started = startOrder.after().isEmpty() || !assigned.isEmpty();
    }

    @Override
    public void start() {
        Properties adminProperties = new Properties();
        properties
                .stringPropertyNames()
                .forEach(key -> adminProperties.setProperty(key, properties.getProperty(key)));
        adminProperties.setProperty(
                ConsumerConfig.CLIENT_ID_CONFIG,
                properties.getProperty(KafkaSourceOptions.CLIENT_ID_PREFIX.key())
                        + "-enumerator-admin-client");
        admin = AdminClient.create(adminProperties);
        String job = String.valueOf(context.metricGroup().getAllVariables().get(JOB_ID));
        if (replayRate != null) {
            replayClock = ReplayClock.join(job, replayRate, onReplayClock);
        }
        if (startOrder.name() != null) {
            leaders = Leaders.join(job, startOrder.name(), startOrder.after(), onLeader);
            if (!started) {
                // All sources of a job start with it, but not in the same moment.
                context.callAsync(
                        () -> leaders.has(startOrder.after()),
                        this::requireLeaders,
                        LEADERS_MILLIS,
                        LEADERS_MILLIS);
            }
        }
        if (discoveryInterval > 0) {
            context.callAsync(this::discover, this::onDiscovered, 0, discoveryInterval);
        } else {
            context.callAsync(this::discover, this::onDiscovered);
        }
    }

    private void requireLeaders(boolean present, @Nullable Throwable failure) {
        if (failure != null || !(present || started)) {
            throw new FlinkRuntimeException(
                    String.format(
                            "Source %s is to start after %s, and the job has not all of them",
                            startOrder.name(), startOrder.after()),
                    failure);
        }
    }

    private void startIfDue() {
        if (!started && leaders.haveCaughtUp(startOrder.after())) {
            LOG.info("Source {} starts, after {}", startOrder.name(), startOrder.after());
            started = true;
            assign();
            signalIfAllAssigned();
        }
    }

    /** Tells the sources that wait for this one that it has caught up. */
    private void reportIfCaughtUp() {
        if (leaders != null
                && started
                && initialDiscoveryFinished
                && inFlight.isEmpty()
                && unassigned.isEmpty()
                && assigned.keySet().stream()
                        .map(partition -> owner(partition, context.currentParallelism()))
                        .allMatch(readersCaughtUp::contains)) {
            leaders.report(startOrder.name());
        }
    }

    /** Runs in the worker thread. */
    private Set<TopicPartition> discover() throws IOException {
        Set<TopicPartition> partitions = subscriber.getSubscribedTopicPartitions(admin);
        topicIds.refresh(
                admin, partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet()));
        return partitions;
    }

    private void onDiscovered(Set<TopicPartition> partitions, @Nullable Throwable failure) {
        if (failure != null) {
            throw new FlinkRuntimeException("Cannot find the partitions to read", failure);
        }
        Set<TopicPartition> found = new HashSet<>(partitions);
        found.removeAll(assigned.keySet());
        found.removeAll(unassigned.keySet());
        found.removeAll(inFlight);
        List<KafkaPartitionSplit> marked = marked(unassigned.values());
        inFlight.addAll(found);
        boolean initial = !initialDiscoveryFinished;
        if (found.isEmpty() && marked.isEmpty()) {
            onInitialized(Set.of(), List.of(), null);
        } else {
            context.callAsync(
                    () -> initialize(found, marked, initial),
                    (splits, failed) -> onInitialized(found, splits, failed));
        }
    }

    /** Returns the splits whose starting offset has yet to be found out. */
    private static List<KafkaPartitionSplit> marked(Collection<KafkaPartitionSplit> splits) {
        return splits.stream()
                .filter(split -> split.getStartingOffset() < 0)
                .collect(Collectors.toList());
    }

    /** Runs in the worker thread. */
    private List<KafkaPartitionSplit> initialize(
            Set<TopicPartition> found, List<KafkaPartitionSplit> marked, boolean initial) {
        TieredOffsets offsets =
                new TieredOffsets(
                        new PartitionOffsetsRetrieverImpl(
                                admin, properties.getProperty(ConsumerConfig.GROUP_ID_CONFIG)),
                        catalogue,
                        topicIds,
                        archiveOnly);
        Map<TopicPartition, Long> starts =
                new HashMap<>((initial ? initialPositions : laterPositions).find(found, offsets));
        for (KafkaPartitionSplit split : marked) {
            TopicPartition partition = split.getTopicPartition();
            if (split.isMigrated()) {
                starts.putAll(initialPositions.find(Set.of(partition), offsets));
            } else {
                starts.put(
                        partition,
                        offsets.startingOffset(partition, split.getStartingOffset(), reset));
            }
        }
        Map<TopicPartition, Long> stops =
                new HashMap<>(stoppingOffsets.getPartitionOffsets(starts.keySet(), offsets));
        for (KafkaPartitionSplit split : marked) {
            split.getStoppingOffset().ifPresent(stop -> stops.put(split.getTopicPartition(), stop));
        }
        List<KafkaPartitionSplit> splits = new ArrayList<>();
        starts.forEach(
                (partition, start) ->
                        splits.add(
                                TieredSplit.of(
                                        new KafkaPartitionSplit(
                                                partition,
                                                start,
                                                offsets.stoppingOffset(
                                                        partition,
                                                        stops.getOrDefault(
                                                                partition,
                                                                KafkaPartitionSplit
                                                                        .NO_STOPPING_OFFSET))),
                                        topicIds.get(partition.topic()))));
        return splits;
    }

    private void onInitialized(
            Set<TopicPartition> found,
            List<KafkaPartitionSplit> splits,
            @Nullable Throwable failure) {
        if (failure != null) {
            throw new FlinkRuntimeException(
                    "Cannot find out where to start reading partitions", failure);
        }
        inFlight.removeAll(found);
        // Another discovery may have found nothing new while the first one is under way.
        initialDiscoveryFinished |= inFlight.isEmpty();
        for (KafkaPartitionSplit split : splits) {
            if (!assigned.containsKey(split.getTopicPartition())) {
                unassigned.put(split.getTopicPartition(), split);
            }
        }
        assign();
        signalIfAllAssigned();
        reportIfCaughtUp();
    }

    private void signalIfAllAssigned() {
        if (started
                && initialDiscoveryFinished
                && discoveryInterval <= 0
                && boundedness == Boundedness.BOUNDED
                && inFlight.isEmpty()
                && !noMoreSplits) {
            noMoreSplits = true;
            context.registeredReaders().keySet().forEach(this::signalIfNoMore);
        }
    }

    private void assign() {
        if (!started) {
            return;
        }
        Map<Integer, List<KafkaPartitionSplit>> assignment = new HashMap<>();
        for (KafkaPartitionSplit split : unassigned.values()) {
            int owner = owner(split.getTopicPartition(), context.currentParallelism());
            if (split.getStartingOffset() >= 0 && context.registeredReaders().containsKey(owner)) {
                assignment.computeIfAbsent(owner, missing -> new ArrayList<>()).add(split);
            }
        }
        if (assignment.isEmpty()) {
            return;
        }
        LOG.info("Assigning splits to readers {}", assignment);
        for (List<KafkaPartitionSplit> splits : assignment.values()) {
            for (KafkaPartitionSplit split : splits) {
                unassigned.remove(split.getTopicPartition());
                assigned.put(split.getTopicPartition(), split);
            }
        }
        context.assignSplits(new SplitsAssignment<>(assignment));
    }

    /**
     * The partitions of a topic go round the readers, from one that depends on the topic's name.
     */
    static int owner(TopicPartition partition, int readers) {
        return Math.floorMod(31 * partition.topic().hashCode() + partition.partition(), readers);
    }

    private void signalIfNoMore(int subtask) {
        if (noMoreSplits) {
            context.signalNoMoreSplits(subtask);
        }
    }

    @Override
    public void addReader(int subtaskId) {
        setInArchive(subtaskId, false);
        partitionsOfReaders.remove(subtaskId);
        endedReaders.remove(subtaskId);
        readersCaughtUp.remove(subtaskId);
        assign();
        signalIfNoMore(subtaskId);
    }

    @Override
    public void addSplitsBack(List<KafkaPartitionSplit> splits, int subtaskId) {
        for (KafkaPartitionSplit split : splits) {
            assigned.remove(split.getTopicPartition());
            unassigned.put(split.getTopicPartition(), split);
        }
        assign();
        List<KafkaPartitionSplit> marked = marked(splits);
        if (!marked.isEmpty() && initialDiscoveryFinished) {
            context.callAsync(
                    () -> initialize(Set.of(), marked, false),
                    (resolved, failed) -> onInitialized(Set.of(), resolved, failed));
        }
    }

    @Override
    public void handleSourceEvent(int subtaskId, SourceEvent event) {
        if (event instanceof ArchivePhaseEvent) {
            setInArchive(subtaskId, ((ArchivePhaseEvent) event).isInArchive());
        } else if (event instanceof PartitionCountEvent) {
            partitionsOfReaders.put(subtaskId, ((PartitionCountEvent) event).count());
            tellPartitionCount();
        } else if (event instanceof ReaderEndEvent) {
            endedReaders.add(subtaskId);
            context.sendEventToSourceReader(subtaskId, event);
        } else if (event instanceof CaughtUpEvent) {
            readersCaughtUp.add(subtaskId);
            reportIfCaughtUp();
        } else if (event instanceof FirstRecordEvent && replayClock != null) {
            replayClock.report(((FirstRecordEvent) event).timestamp(), System.nanoTime());
            // The reader may be a new one, and the clock have started long ago.
            tellReplayClock();
        }
    }

    private void tellReplayClock() {
        ReplayClockEvent clock = replayClock.event(System.nanoTime());
        if (clock != null) {
            tell(context.registeredReaders().keySet(), clock);
        }
    }

    private void tellPartitionCount() {
        int all = partitionsOfReaders.values().stream().mapToInt(Integer::intValue).sum();
        tell(partitionsOfReaders.keySet(), new PartitionCountEvent(all));
    }

    private void tell(Set<Integer> readers, SourceEvent event) {
        for (int reader : readers) {
            if (context.registeredReaders().containsKey(reader) && !endedReaders.contains(reader)) {
                context.sendEventToSourceReader(reader, event);
            }
        }
    }

    private void setInArchive(int subtaskId, boolean inArchive) {
        if (inArchive) {
            readersInArchive.add(subtaskId);
        } else {
            readersInArchive.remove(subtaskId);
        }
        boolean backlog = !readersInArchive.isEmpty();
        if (backlog != processingBacklog) {
            processingBacklog = backlog;
            context.setIsProcessingBacklog(backlog);
        }
    }

    @Override
    public void handleSplitRequest(int subtaskId, @Nullable String requesterHostname) {
        // Splits are assigned without being asked for.
    }

    @Override
    public KafkaSourceEnumState snapshotState(long checkpointId) {
        return new KafkaSourceEnumState(
                assigned.values(), unassigned.values(), initialDiscoveryFinished);
    }

    @Override
    public void close() {
        if (replayClock != null) {
            replayClock.leave(onReplayClock);
        }
        if (leaders != null) {
            leaders.leave(onLeader);
        }
        if (admin != null) {
            admin.close();
        }
    }

    private static void put(
            Map<TopicPartition, KafkaPartitionSplit> map, Collection<KafkaPartitionSplit> splits) {
        splits.forEach(split -> map.put(split.getTopicPartition(), split));
    }
}
