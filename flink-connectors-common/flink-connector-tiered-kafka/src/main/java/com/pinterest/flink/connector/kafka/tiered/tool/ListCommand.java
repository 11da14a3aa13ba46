// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.tool;

import com.pinterest.flink.connector.kafka.tiered.archive.ArchiveCatalogue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code ls}: what the archive has, and Kafka. */
final class ListCommand implements Command {

    @Override
    public String usage() {
        return String.join(
                "\n",
                "Usage: flink-archive ls --archive URI [--topic NAME,...] [--bootstrap-servers LIST]",
                "Lists what the archive covers of each partition, and what Kafka has of it.",
                "Ranges are offsets from the first, inclusive, to an end, exclusive.");
    }

    @Override
    public Set<String> options() {
        return Set.of("--archive", "--topic", "--bootstrap-servers", "--property");
    }

    @Override
    public Set<String> flags() {
        return Set.of();
    }

    @Override
    public int run(Arguments arguments, Output output) throws IOException {
        ArchiveCatalogue catalogue = new ArchiveCatalogue(arguments.path("--archive"));
        List<PartitionView> views;
        try (KafkaTopics kafka =
                arguments.hasKafka() ? new KafkaTopics(arguments.client()) : null) {
            views = PartitionView.list(catalogue, arguments.topics(), kafka);
        }
        List<Map<String, Object>> partitions = new ArrayList<>();
        String title = "";
        for (PartitionView view : views) {
            partitions.add(object(view));
            String group = view.partition().topic() + "  topic id " + view.topicId();
            if (!group.equals(title)) {
                title = group;
                output.line("%s%s", partitions.size() > 1 ? "\n" : "", group);
                output.line(
                        "%9s %8s %15s  %-24s  %-24s %s",
                        "partition", "segments", "bytes", "newest record", "Kafka", "archive");
            }
            output.line(
                    "%9d %8d %,15d  %-24s  %-24s %s",
                    view.partition().partition(),
                    view.archive().segments().size(),
                    view.bytes(),
                    Output.time(view.maxTimestamp()),
                    view.kafka().map(KafkaTopics.Range::toString).orElse("-"),
                    Output.text(view.archive().coverage()));
        }
        if (views.isEmpty()) {
            output.line("The archive %s has no topics", catalogue.root());
        }
        output.document(
                Output.object("archive", catalogue.root().toString(), "partitions", partitions));
        return OK;
    }

    private static Map<String, Object> object(PartitionView view) {
        Map<String, Object> object = view.toObject();
        object.put("segments", view.archive().segments().size());
        object.put("bytes", view.bytes());
        object.put("maxTimestamp", view.maxTimestamp());
        object.put("coverage", Output.objects(view.archive().coverage()));
        object.put("gaps", Output.objects(view.archive().gaps()));
        object.put("overlaps", Output.objects(view.archive().overlaps()));
        object.put(
                "kafka",
                view.kafka()
                        .map(range -> Output.object("start", range.start(), "end", range.end()))
                        .orElse(null));
        return object;
    }
}
