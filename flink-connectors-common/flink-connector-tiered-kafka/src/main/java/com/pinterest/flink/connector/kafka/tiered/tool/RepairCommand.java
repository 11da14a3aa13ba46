// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.tool;

import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.CorruptSegmentException;
import com.pinterest.flink.connector.kafka.tiered.archive.OffsetRange;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentFile;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentReader;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.flink.core.fs.Path;

/**
 * {@code repair}: fills gaps and replaces damaged segments with what Kafka still has. A damaged
 * segment is set aside under another name, which no reader looks at, and is not deleted.
 */
final class RepairCommand implements Command {

    /** The writer id of segments that a repair has written. */
    static final String WRITER_ID = "repair";

    /** What the name of a damaged segment gets at its end. */
    static final String SET_ASIDE = ".corrupt";

    @Override
    public String usage() {
        return String.join(
                "\n",
                "Usage: flink-archive repair --archive URI --bootstrap-servers LIST"
                        + " [--topic NAME,...] [options]",
                "Reads all segments. Fills gaps, and replaces damaged segments, with what Kafka"
                        + " still has.",
                "Damaged segments that are replaced, or whose offsets others cover, are renamed to"
                        + " *"
                        + SET_ASIDE
                        + ".",
                "  --roll-size SIZE     size of new segments (default 128mb)",
                "  --codec NAME         zstd (default), lz4 or none",
                "  --dry-run            only says what it would do",
                "Exits with 1 if something cannot be repaired.");
    }

    @Override
    public Set<String> options() {
        return Set.of(
                "--archive",
                "--topic",
                "--bootstrap-servers",
                "--property",
                "--roll-size",
                "--codec");
    }

    @Override
    public Set<String> flags() {
        return Set.of("--dry-run");
    }

    @Override
    public int run(Arguments arguments, Output output) throws IOException {
        ArchiveCatalogue catalogue = new ArchiveCatalogue(arguments.path("--archive"));
        Properties client = arguments.client();
        Maintenance maintenance = new Maintenance(arguments, output);
        List<PartitionView> views;
        try (KafkaTopics kafka = new KafkaTopics(client)) {
            views = PartitionView.list(catalogue, arguments.topics(), kafka);
        }
        try (Maintenance.Writer writer =
                new Maintenance.Writer(arguments, arguments.bytes("--roll-size", "128mb"))) {
            for (PartitionView view : views) {
                Map<SegmentFile, String> damaged = damaged(view, output);
                for (Map.Entry<SegmentFile, String> each : damaged.entrySet()) {
                    repair(
                            view,
                            each.getKey(),
                            each.getValue(),
                            damaged.keySet(),
                            client,
                            writer,
                            maintenance,
                            output);
                }
                for (OffsetRange gap : view.archive().gaps()) {
                    if (isInKafka(view, gap)) {
                        copy(view, gap, "a gap", WRITER_ID, client, writer, maintenance, output);
                    } else {
                        maintenance.problem(view, "gap", gap, "Kafka does not have it");
                    }
                }
            }
        }
        return maintenance.finish();
    }

    private static Map<SegmentFile, String> damaged(PartitionView view, Output output)
            throws IOException {
        Map<SegmentFile, String> damaged = new LinkedHashMap<>();
        int read = 0;
        for (SegmentFile file : view.archive().segments()) {
            try (SegmentReader reader = SegmentReader.open(file)) {
                reader.verify();
            } catch (CorruptSegmentException e) {
                damaged.put(file, e.getMessage());
            }
            read++;
            output.progress(
                    "repair: %s, %d of %d segments read",
                    view, read, view.archive().segments().size());
        }
        return damaged;
    }

    private static void repair(
            PartitionView view,
            SegmentFile file,
            String damage,
            Set<SegmentFile> damaged,
            Properties client,
            Maintenance.Writer writer,
            Maintenance maintenance,
            Output output)
            throws IOException {
        OffsetRange range = file.coverage();
        if (isInKafka(view, range)) {
            copy(
                    view,
                    range,
                    "in place of " + file.path().getName(),
                    otherWriterId(file),
                    client,
                    writer,
                    maintenance,
                    output);
        } else if (!isCoveredByOthers(view, range, damaged)) {
            maintenance.problem(
                    view, "corrupt", range, damage + " Kafka does not have all of it any more.");
            return;
        }
        Path aside = file.path().suffix(SET_ASIDE);
        maintenance.step(
                view,
                "set-aside",
                range,
                aside.getName(),
                () -> {
                    if (!file.path().getFileSystem().rename(file.path(), aside)) {
                        throw new IOException("Cannot rename " + file.path() + " to " + aside);
                    }
                });
    }

    /** Returns a writer id that keeps the copy of a segment from getting the segment's own name. */
    private static String otherWriterId(SegmentFile file) {
        return file.name().writerId().equals(WRITER_ID) ? WRITER_ID + ".again" : WRITER_ID;
    }

    private static boolean isInKafka(PartitionView view, OffsetRange range) {
        return view.kafka().filter(kafka -> kafka.contains(range)).isPresent();
    }

    private static boolean isCoveredByOthers(
            PartitionView view, OffsetRange range, Set<SegmentFile> damaged) {
        long next = range.start();
        for (SegmentFile file : view.archive().segments()) {
            if (!damaged.contains(file) && file.coverage().contains(next)) {
                next = file.coverage().end();
            }
        }
        return next >= range.end();
    }

    private static void copy(
            PartitionView view,
            OffsetRange range,
            String detail,
            String writerId,
            Properties client,
            Maintenance.Writer writer,
            Maintenance maintenance,
            Output output)
            throws IOException {
        maintenance.step(
                view,
                "copy-from-kafka",
                range,
                detail,
                () ->
                        writer.get()
                                .copyFromKafka(
                                        client,
                                        view.partition(),
                                        view.topicId(),
                                        range,
                                        writerId,
                                        read ->
                                                output.progress(
                                                        "repair: %s, %d of %d offsets",
                                                        view, read, range.end() - range.start())));
    }
}
