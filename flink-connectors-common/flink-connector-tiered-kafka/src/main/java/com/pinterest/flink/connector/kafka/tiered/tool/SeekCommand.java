// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.tool;

import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentFile;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.annotation.Nullable;

/** {@code seek}: where a timestamp or an offset lies. */
final class SeekCommand implements Command {

    @Override
    public String usage() {
        return String.join(
                "\n",
                "Usage: flink-archive seek --archive URI --topic NAME"
                        + " (--timestamp TIME | --offset N)",
                "           [--partition N] [--bootstrap-servers LIST]",
                "Says for each partition where the first record at or after a time lies, or which",
                "segment has an offset.",
                "  --timestamp TIME   milliseconds since 1970, or ISO 8601 such as"
                        + " 2026-01-31T12:00:00Z",
                "Exits with 1 if a partition has neither tier with it.");
    }

    @Override
    public Set<String> options() {
        return Set.of(
                "--archive",
                "--topic",
                "--timestamp",
                "--offset",
                "--partition",
                "--bootstrap-servers",
                "--property");
    }

    @Override
    public Set<String> flags() {
        return Set.of();
    }

    @Override
    public int run(Arguments arguments, Output output) throws IOException {
        ArchiveCatalogue catalogue = new ArchiveCatalogue(arguments.path("--archive"));
        arguments.get("--topic");
        Optional<Long> timestamp = arguments.find("--timestamp").map(SeekCommand::timestamp);
        Optional<Long> offset = arguments.number("--offset");
        Optional<Long> only = arguments.number("--partition");
        if (timestamp.isPresent() == offset.isPresent()) {
            throw new UsageException("Exactly one of --timestamp and --offset is needed");
        }
        List<Map<String, Object>> found = new ArrayList<>();
        int exit = OK;
        try (KafkaTopics kafka =
                arguments.hasKafka() ? new KafkaTopics(arguments.client()) : null) {
            for (PartitionView view : PartitionView.list(catalogue, arguments.topics(), kafka)) {
                if (only.isPresent() && only.get() != view.partition().partition()) {
                    continue;
                }
                Place place =
                        timestamp.isPresent()
                                ? find(view, timestamp.get(), kafka)
                                : place(view, offset.get());
                output.line("%s: %s", view, place);
                Map<String, Object> object = view.toObject();
                object.put("tier", place.tier);
                object.put("offset", place.offset < 0 ? null : place.offset);
                object.put(
                        "segment", place.segment == null ? null : place.segment.path().toString());
                found.add(object);
                if (place.offset < 0) {
                    exit = FOUND;
                }
            }
        }
        output.document(Output.object("partitions", found));
        return exit;
    }

    private static long timestamp(String text) {
        try {
            return text.matches("-?\\d+")
                    ? Long.parseLong(text)
                    : Instant.parse(text).toEpochMilli();
        } catch (DateTimeParseException | NumberFormatException e) {
            throw new UsageException(
                    "Option --timestamp needs milliseconds or a time such as"
                            + " 2026-01-31T12:00:00Z, and has '"
                            + text
                            + "'");
        }
    }

    private static Place find(PartitionView view, long timestamp, @Nullable KafkaTopics kafka)
            throws IOException {
        long offset = view.archive().findTimestamp(timestamp).map(hit -> hit.offset()).orElse(-1L);
        if (view.kafka().isPresent()) {
            long inKafka = kafka.offsetFor(view.partition(), timestamp);
            if (inKafka >= 0 && (offset < 0 || inKafka < offset)) {
                offset = inKafka;
            }
        }
        return offset < 0 ? new Place("none", -1, null) : place(view, offset);
    }

    private static Place place(PartitionView view, long offset) {
        Optional<SegmentFile> segment = view.archive().segmentFor(offset);
        boolean inKafka =
                view.kafka()
                        .filter(range -> range.start() <= offset && offset < range.end())
                        .isPresent();
        if (segment.isPresent()) {
            return new Place(inKafka ? "both" : "archive", offset, segment.get());
        }
        return inKafka ? new Place("kafka", offset, null) : new Place("none", -1, null);
    }

    private static final class Place {
        private final String tier;
        private final long offset;
        @Nullable private final SegmentFile segment;

        private Place(String tier, long offset, @Nullable SegmentFile segment) {
            this.tier = tier;
            this.offset = offset;
            this.segment = segment;
        }

        @Override
        public String toString() {
            switch (tier) {
                case "none":
                    return "in neither tier";
                case "kafka":
                    return "offset " + offset + " in Kafka";
                case "archive":
                    return "offset " + offset + " in " + segment;
                default:
                    return "offset " + offset + " in Kafka and in " + segment;
            }
        }
    }
}
