// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.tool;

import com.pinterest.flink.connector.kafka.tiered.SavepointPositions;
import com.pinterest.flink.connector.kafka.tiered.SavepointPositions.Position;
import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.CorruptSegmentException;
import com.pinterest.flink.connector.kafka.tiered.archive.OffsetRange;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentFile;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** {@code check}: whether the archive is sound, and whether KafkaSource can take over a job. */
final class CheckCommand implements Command {

    @Override
    public String usage() {
        return String.join(
                "\n",
                "Usage: flink-archive check --archive URI [--topic NAME,...]"
                        + " [--bootstrap-servers LIST] [--deep]",
                "       flink-archive check --savepoint URI --bootstrap-servers LIST [--uid UID]",
                "           [--archive URI]",
                "The first form opens all segments and looks for damage, for gaps, and with Kafka"
                        + " for a gap",
                "between the two.",
                "  --deep        reads and verifies every block",
                "The second form says whether a job can resume from a savepoint on KafkaSource:"
                        + " where a",
                "position lies below Kafka's retention, KafkaSource would skip records without a"
                        + " word.",
                "  --uid UID     of the source (or its name or operator id), if the job has several",
                "Exits with 1 if something is wrong.");
    }

    @Override
    public Set<String> options() {
        return Set.of(
                "--archive",
                "--topic",
                "--bootstrap-servers",
                "--property",
                "--savepoint",
                "--uid");
    }

    @Override
    public Set<String> flags() {
        return Set.of("--deep");
    }

    @Override
    public int run(Arguments arguments, Output output) throws IOException {
        return arguments.find("--savepoint").isPresent()
                ? checkSavepoint(arguments, output)
                : checkArchive(arguments, output);
    }

    private static int checkArchive(Arguments arguments, Output output) throws IOException {
        ArchiveCatalogue catalogue = new ArchiveCatalogue(arguments.path("--archive"));
        List<PartitionView> views;
        try (KafkaTopics kafka =
                arguments.hasKafka() ? new KafkaTopics(arguments.client()) : null) {
            views = PartitionView.list(catalogue, arguments.topics(), kafka);
        }
        Problems problems = new Problems(output);
        Segments segments = new Segments(views, arguments.has("--deep"), output);
        for (PartitionView view : views) {
            for (OffsetRange gap : view.archive().gaps()) {
                boolean inKafka = view.kafka().filter(range -> range.contains(gap)).isPresent();
                problems.add(
                        view,
                        "gap",
                        gap,
                        inKafka ? "Kafka still has it: repair" : "no segment covers it");
            }
            OptionalLong archiveEnd = view.archive().endOffset();
            if (archiveEnd.isPresent() && view.kafka().isPresent()) {
                long kafkaStart = view.kafka().get().start();
                if (archiveEnd.getAsLong() < kafkaStart) {
                    problems.add(
                            view,
                            "hand-over",
                            new OffsetRange(archiveEnd.getAsLong(), kafkaStart),
                            "Kafka has deleted it before it was archived");
                }
            }
            for (SegmentFile file : view.archive().segments()) {
                try {
                    segments.check(file);
                } catch (CorruptSegmentException e) {
                    problems.add(view, "corrupt", file.coverage(), e.getMessage());
                }
            }
        }
        output.line(
                "%d partitions, %d segments, %,d bytes %s: %s",
                views.size(),
                segments.checked,
                segments.checkedBytes,
                arguments.has("--deep") ? "read" : "opened",
                problems.list.isEmpty() ? "ok" : problems.list.size() + " problems");
        output.document(
                Output.object(
                        "ok",
                        problems.list.isEmpty(),
                        "partitions",
                        views.size(),
                        "segments",
                        segments.checked,
                        "bytes",
                        segments.checkedBytes,
                        "problems",
                        problems.list));
        return problems.list.isEmpty() ? OK : FOUND;
    }

    private static int checkSavepoint(Arguments arguments, Output output) throws IOException {
        List<SavepointPositions> sources = sources(arguments);
        Optional<ArchiveCatalogue> catalogue =
                arguments.find("--archive").isPresent()
                        ? Optional.of(new ArchiveCatalogue(arguments.path("--archive")))
                        : Optional.empty();
        List<Map<String, Object>> found = new ArrayList<>();
        int refused = 0;
        try (KafkaTopics kafka = new KafkaTopics(arguments.client())) {
            for (SavepointPositions source : sources) {
                Set<String> topics =
                        source.positions().stream()
                                .map(position -> position.partition().topic())
                                .collect(Collectors.toSet());
                Map<String, TopicDescription> described = kafka.describe(topics);
                List<TopicPartition> partitions =
                        source.positions().stream()
                                .map(Position::partition)
                                .filter(
                                        partition ->
                                                described.containsKey(partition.topic())
                                                        && partition.partition()
                                                                < described
                                                                        .get(partition.topic())
                                                                        .partitions()
                                                                        .size())
                                .collect(Collectors.toList());
                Map<TopicPartition, KafkaTopics.Range> ranges = kafka.ranges(partitions);
                for (Position position : source.positions()) {
                    TopicDescription topic = described.get(position.partition().topic());
                    String verdict =
                            verdict(
                                    position,
                                    topic == null ? null : topic.topicId(),
                                    ranges.get(position.partition()));
                    String archive =
                            topic == null || catalogue.isEmpty()
                                    ? ""
                                    : archived(catalogue.get(), position, topic.topicId());
                    boolean ok = verdict.equals("in Kafka");
                    refused += ok ? 0 : 1;
                    output.line(
                            "%s %s at offset %d: %s%s",
                            source.label(),
                            position.partition(),
                            position.offset(),
                            verdict,
                            ok ? "" : archive);
                    found.add(
                            Output.object(
                                    "source", source.label(),
                                    "topic", position.partition().topic(),
                                    "partition", position.partition().partition(),
                                    "offset", position.offset(),
                                    "kafkaSource", ok,
                                    "reason", verdict + (ok ? "" : archive)));
                }
            }
        }
        output.line(
                refused == 0
                        ? "KafkaSource can resume from this savepoint"
                        : "refused: KafkaSource must not resume from this savepoint. Resume with"
                                + " TieredKafkaSource.");
        output.document(Output.object("ok", refused == 0, "positions", found));
        return refused == 0 ? OK : FOUND;
    }

    private static List<SavepointPositions> sources(Arguments arguments) throws IOException {
        String savepoint = arguments.get("--savepoint");
        List<SavepointPositions> all = SavepointPositions.read(savepoint);
        Optional<String> uid = arguments.find("--uid");
        List<SavepointPositions> sources =
                all.stream()
                        .filter(source -> uid.isEmpty() || source.isCalled(uid.get()))
                        .collect(Collectors.toList());
        if (sources.isEmpty()) {
            throw new UsageException(
                    "The savepoint "
                            + savepoint
                            + " has no Kafka source"
                            + uid.map(name -> " called " + name).orElse("")
                            + "; it has "
                            + all.stream()
                                    .map(SavepointPositions::label)
                                    .collect(Collectors.toList()));
        }
        return sources;
    }

    /** Returns {@code in Kafka}, or why KafkaSource would not read on at a position. */
    private static String verdict(Position position, Uuid topicId, KafkaTopics.Range kafka) {
        if (kafka == null) {
            return "not in Kafka: the partition does not exist";
        }
        if (position.topicId().isPresent() && !position.topicId().get().equals(topicId)) {
            return "not in Kafka: the topic was deleted and created again, its id was "
                    + position.topicId().get()
                    + " and is "
                    + topicId;
        }
        if (position.isFinished() || position.offset() < 0) {
            return "in Kafka";
        }
        if (position.offset() < kafka.start()) {
            return "below Kafka's retention, which starts at offset " + kafka.start();
        }
        if (position.offset() > kafka.end()) {
            return "behind the end of Kafka, which is offset " + kafka.end();
        }
        return "in Kafka";
    }

    private static String archived(ArchiveCatalogue catalogue, Position position, Uuid topicId)
            throws IOException {
        return catalogue
                        .partition(position.partition(), topicId)
                        .segmentFor(position.offset())
                        .isPresent()
                ? "; the archive has it"
                : "; the archive does not have it either";
    }

    /** Opens or reads segments, and says how far it has come. */
    private static final class Segments {

        private final boolean deep;
        private final Output output;
        private final long total;
        private final long totalBytes;
        private int checked;
        private long checkedBytes;

        private Segments(List<PartitionView> views, boolean deep, Output output) {
            this.deep = deep;
            this.output = output;
            this.total = views.stream().mapToLong(view -> view.archive().segments().size()).sum();
            this.totalBytes = views.stream().mapToLong(PartitionView::bytes).sum();
        }

        private void check(SegmentFile file) throws IOException {
            checked++;
            checkedBytes += file.length();
            try (SegmentReader reader = SegmentReader.open(file)) {
                if (deep) {
                    reader.verify();
                }
            }
            output.progress(
                    "check: %d of %d segments, %,d of %,d bytes",
                    checked, total, checkedBytes, totalBytes);
        }
    }

    private static final class Problems {

        private final Output output;
        private final List<Map<String, Object>> list = new ArrayList<>();

        private Problems(Output output) {
            this.output = output;
        }

        private void add(PartitionView view, String kind, OffsetRange range, String detail) {
            output.line("%s %s %s: %s", kind, view, range, detail);
            Map<String, Object> problem = view.toObject();
            problem.put("kind", kind);
            problem.putAll(Output.object(range));
            problem.put("detail", detail);
            list.add(problem);
        }
    }
}
