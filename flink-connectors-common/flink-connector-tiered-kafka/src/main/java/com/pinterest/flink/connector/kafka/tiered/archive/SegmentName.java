// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.archive;

import static java.util.Objects.requireNonNull;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.core.fs.Path;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * What the path of a segment says about it. It is all that a catalogue needs, so that the listing
 * of one directory describes a partition. The path is {@code <root>/<topic>/<topic
 * id>/<partition>/<start>_<end>_<max timestamp>_<writer id>.kseg}, with start and end padded to 20
 * digits: in a listing by name, segments stand in the order of their offsets.
 *
 * <p>Immutable.
 */
public final class SegmentName {

    /** How the names of segments end. */
    static final String SUFFIX = ".kseg";

    private static final Pattern WRITER_ID = Pattern.compile("[A-Za-z0-9.-]{1,64}");
    private static final Pattern NAME =
            Pattern.compile("(\\d{20})_(\\d{20})_(-?\\d{1,19})_([A-Za-z0-9.-]{1,64})\\.kseg");

    private final TopicPartition partition;
    private final Uuid topicId;
    private final OffsetRange coverage;
    private final long maxTimestamp;
    private final String writerId;

    /**
     * @param coverage the offsets for which the segment speaks
     * @param maxTimestamp the largest timestamp of a record in milliseconds, -1 without records
     * @param writerId what keeps two writers of the same offsets from overwriting each other's
     *     files: 1 to 64 letters, digits, dots and hyphens
     * @throws IllegalArgumentException if the writer id has another form
     */
    public SegmentName(
            TopicPartition partition,
            Uuid topicId,
            OffsetRange coverage,
            long maxTimestamp,
            String writerId) {
        this.partition = requireNonNull(partition, "partition");
        this.topicId = requireNonNull(topicId, "topicId");
        this.coverage = requireNonNull(coverage, "coverage");
        this.maxTimestamp = maxTimestamp;
        this.writerId = checkWriterId(writerId);
    }

    /**
     * Returns the id if it can be part of a file name.
     *
     * @throws IllegalArgumentException if it cannot
     */
    public static String checkWriterId(String writerId) {
        if (!WRITER_ID.matcher(requireNonNull(writerId, "writerId")).matches()) {
            throw new IllegalArgumentException(
                    "The writer id '"
                            + writerId
                            + "' becomes part of file names: use 1 to 64 letters, digits, dots and"
                            + " hyphens");
        }
        return writerId;
    }

    /** Returns the directory of the segments of a partition. */
    public static Path directory(Path root, TopicPartition partition, Uuid topicId) {
        return new Path(
                topicIdDirectory(root, partition.topic(), topicId),
                Integer.toString(partition.partition()));
    }

    /** Returns the directory that holds a directory for each partition of a topic. */
    static Path topicIdDirectory(Path root, String topic, Uuid topicId) {
        return new Path(topicDirectory(root, topic), topicId.toString());
    }

    /** Returns the directory that holds a directory for each id that the topic has had. */
    static Path topicDirectory(Path root, String topic) {
        return new Path(root, topic);
    }

    /** Reads the last component of a path; empty if it is not the name of a segment. */
    static Optional<SegmentName> parse(TopicPartition partition, Uuid topicId, String fileName) {
        Matcher matcher = NAME.matcher(fileName);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            long start = Long.parseLong(matcher.group(1));
            long end = Long.parseLong(matcher.group(2));
            if (start >= end) {
                return Optional.empty();
            }
            return Optional.of(
                    new SegmentName(
                            partition,
                            topicId,
                            new OffsetRange(start, end),
                            Long.parseLong(matcher.group(3)),
                            matcher.group(4)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Returns the path of the segment in an archive. */
    public Path path(Path root) {
        return new Path(directory(root, partition, topicId), fileName());
    }

    private String fileName() {
        return String.format(
                "%020d_%020d_%d_%s%s",
                coverage.start(), coverage.end(), maxTimestamp, writerId, SUFFIX);
    }

    public TopicPartition partition() {
        return partition;
    }

    /** Returns the id that Kafka gave the topic when it was created. */
    public Uuid topicId() {
        return topicId;
    }

    /**
     * Returns the offsets for which the segment speaks: an offset in there without a record is one
     * that Kafka does not hand to a consumer (a transaction marker, an aborted or compacted
     * record).
     */
    public OffsetRange coverage() {
        return coverage;
    }

    /** Returns the largest timestamp of a record in milliseconds, -1 without records. */
    public long maxTimestamp() {
        return maxTimestamp;
    }

    public String writerId() {
        return writerId;
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof SegmentName)) {
            return false;
        }
        SegmentName that = (SegmentName) other;
        return partition.equals(that.partition)
                && topicId.equals(that.topicId)
                && coverage.equals(that.coverage)
                && maxTimestamp == that.maxTimestamp
                && writerId.equals(that.writerId);
    }

    @Override
    public int hashCode() {
        return Objects.hash(partition, topicId, coverage, maxTimestamp, writerId);
    }

    @Override
    public String toString() {
        return partition + "/" + fileName();
    }
}
