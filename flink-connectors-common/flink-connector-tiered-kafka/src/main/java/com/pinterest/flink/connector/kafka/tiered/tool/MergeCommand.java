// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.tool;

import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.CorruptSegmentException;
import com.pinterest.flink.connector.kafka.tiered.archive.OffsetRange;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentFile;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * {@code merge}: makes large segments of small ones that follow each other. A run first deletes
 * segments whose offsets a merged segment has, if that one is old enough for every reader to have
 * noticed it; then it merges. Repeated or interrupted, it loses nothing: a merged segment overlaps
 * with its parts until these are deleted, and a reader takes each offset once.
 */
final class MergeCommand implements Command {

    /** The writer id of merged segments. */
    static final String WRITER_ID = "merge";

    @Override
    public String usage() {
        return String.join(
                "\n",
                "Usage: flink-archive merge --archive URI [--topic NAME,...] [options]",
                "Merges small segments that follow each other, and deletes the small ones when the"
                        + " merged",
                "one is old enough, in a later run. Run it again whenever you like, but not twice"
                        + " at a time.",
                "  --below SIZE         what is small (default 32mb)",
                "  --target-size SIZE   when a merged segment is large enough (default 128mb)",
                "  --grace DURATION     how old a merged segment has to be (default 1h)",
                "  --codec NAME         zstd (default), lz4 or none",
                "  --dry-run            only says what it would do",
                "Exits with 1 if a segment is damaged; it is left as it is.");
    }

    @Override
    public Set<String> options() {
        return Set.of("--archive", "--topic", "--below", "--target-size", "--grace", "--codec");
    }

    @Override
    public Set<String> flags() {
        return Set.of("--dry-run");
    }

    @Override
    public int run(Arguments arguments, Output output) throws IOException {
        ArchiveCatalogue catalogue = new ArchiveCatalogue(arguments.path("--archive"));
        long below = arguments.bytes("--below", "32mb");
        long target = arguments.bytes("--target-size", "128mb");
        Duration grace = arguments.duration("--grace", Duration.ofHours(1));
        Maintenance maintenance = new Maintenance(arguments, output);
        try (Maintenance.Writer writer = new Maintenance.Writer(arguments, target)) {
            for (PartitionView view : PartitionView.list(catalogue, arguments.topics(), null)) {
                Set<SegmentFile> replaced = replaced(view);
                for (SegmentFile file : replaced) {
                    SegmentFile by = mergedOver(view, file);
                    if (isOlderThan(by, grace)) {
                        deleteReplaced(view, file, by, maintenance);
                    }
                }
                for (List<SegmentFile> group : groups(view, replaced, below, target)) {
                    merge(view, group, writer, maintenance);
                    output.progress("merge: %s, %d segments", view, group.size());
                }
            }
        }
        return maintenance.finish();
    }

    private static void deleteReplaced(
            PartitionView view, SegmentFile file, SegmentFile by, Maintenance maintenance)
            throws IOException {
        try (SegmentReader reader = SegmentReader.open(by)) {
            reader.verify();
        } catch (CorruptSegmentException e) {
            maintenance.problem(view, "corrupt", by.coverage(), e.getMessage());
            return;
        }
        maintenance.delete(view, file, "replaced by " + by.path().getName());
    }

    private static boolean isOlderThan(SegmentFile file, Duration age) throws IOException {
        long modified =
                file.path().getFileSystem().getFileStatus(file.path()).getModificationTime();
        return System.currentTimeMillis() - modified >= age.toMillis();
    }

    private static Set<SegmentFile> replaced(PartitionView view) {
        Set<SegmentFile> replaced = new HashSet<>();
        for (SegmentFile file : view.archive().segments()) {
            if (mergedOver(view, file) != null) {
                replaced.add(file);
            }
        }
        return replaced;
    }

    /** Returns a merged segment that covers all of another one and more, or null. */
    private static SegmentFile mergedOver(PartitionView view, SegmentFile file) {
        for (SegmentFile other : view.archive().segments()) {
            OffsetRange wide = other.coverage();
            OffsetRange narrow = file.coverage();
            if (other.name().writerId().equals(WRITER_ID)
                    && wide.start() <= narrow.start()
                    && narrow.end() <= wide.end()
                    && !wide.equals(narrow)) {
                return other;
            }
        }
        return null;
    }

    /** Returns groups of at least two small segments, without a gap between them. */
    private static List<List<SegmentFile>> groups(
            PartitionView view, Set<SegmentFile> replaced, long below, long target) {
        List<List<SegmentFile>> groups = new ArrayList<>();
        List<SegmentFile> group = new ArrayList<>();
        long end = 0;
        long bytes = 0;
        for (SegmentFile file : view.archive().segments()) {
            if (replaced.contains(file)) {
                continue;
            }
            boolean small = file.length() < below;
            if (!group.isEmpty() && (!small || file.coverage().start() > end || bytes >= target)) {
                add(groups, group);
                group = new ArrayList<>();
                bytes = 0;
            }
            if (small) {
                end =
                        group.isEmpty()
                                ? file.coverage().end()
                                : Math.max(end, file.coverage().end());
                group.add(file);
                bytes += file.length();
            }
        }
        add(groups, group);
        return groups;
    }

    private static void add(List<List<SegmentFile>> groups, List<SegmentFile> group) {
        if (group.size() > 1) {
            groups.add(group);
        }
    }

    private static void merge(
            PartitionView view,
            List<SegmentFile> group,
            Maintenance.Writer writer,
            Maintenance maintenance)
            throws IOException {
        OffsetRange range =
                new OffsetRange(
                        group.get(0).coverage().start(),
                        group.stream()
                                .mapToLong(file -> file.coverage().end())
                                .max()
                                .orElseThrow());
        try {
            maintenance.step(
                    view,
                    "merge",
                    range,
                    group.size() + " segments",
                    () ->
                            writer.get()
                                    .copyFromArchive(
                                            view.partition(),
                                            view.topicId(),
                                            view.archive(),
                                            range,
                                            WRITER_ID));
        } catch (CorruptSegmentException e) {
            maintenance.problem(view, "corrupt", range, e.getMessage());
        }
    }
}
