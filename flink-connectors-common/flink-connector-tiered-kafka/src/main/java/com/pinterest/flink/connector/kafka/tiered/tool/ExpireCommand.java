// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.tool;

import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentFile;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * {@code expire}: deletes what is too old, from the start of each partition on, so that no gap
 * appears.
 */
final class ExpireCommand implements Command {

    @Override
    public String usage() {
        return String.join(
                "\n",
                "Usage: flink-archive expire --archive URI --older-than DURATION [--topic NAME,...]"
                        + " [--dry-run]",
                "Deletes segments whose newest record is older, from the start of each partition up"
                        + " to the",
                "first segment that is not: no gap appears. Topic ids that Kafka does not have any"
                        + " more are",
                "treated alike.",
                "  --older-than DURATION   such as 90d or 12h",
                "  --dry-run               only says what it would do");
    }

    @Override
    public Set<String> options() {
        return Set.of("--archive", "--topic", "--older-than");
    }

    @Override
    public Set<String> flags() {
        return Set.of("--dry-run");
    }

    @Override
    public int run(Arguments arguments, Output output) throws IOException {
        ArchiveCatalogue catalogue = new ArchiveCatalogue(arguments.path("--archive"));
        arguments.get("--older-than");
        Duration age = arguments.duration("--older-than", Duration.ZERO);
        long oldest = System.currentTimeMillis() - age.toMillis();
        Maintenance maintenance = new Maintenance(arguments, output);
        for (PartitionView view : PartitionView.list(catalogue, arguments.topics(), null)) {
            List<SegmentFile> segments = view.archive().segments();
            int expired = expired(segments, oldest);
            for (SegmentFile file : segments.subList(0, expired)) {
                maintenance.delete(
                        view, file, "newest record " + Output.time(file.name().maxTimestamp()));
                output.progress("expire: %s up to %d", view, file.coverage().end());
            }
        }
        return maintenance.finish();
    }

    /**
     * Returns how many segments at the start are too old. One without records has no age, and goes
     * with those around it.
     */
    static int expired(List<SegmentFile> segments, long oldest) {
        int expired = 0;
        for (int i = 0; i < segments.size(); i++) {
            long newest = segments.get(i).name().maxTimestamp();
            if (newest >= oldest) {
                break;
            }
            if (newest >= 0) {
                expired = i + 1;
            }
        }
        return expired;
    }
}
