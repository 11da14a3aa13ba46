// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.tool;

import com.pinterest.flink.connector.kafka.tiered.KafkaArchiver;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The job of {@code flink-archive run}: archives Kafka topics. */
public final class ArchiverJob {

    static final String USAGE =
            String.join(
                    "\n",
                    "Usage: flink-archive run --archive URI --bootstrap-servers LIST"
                            + " (--topic NAME,... | --topic-pattern REGEX)",
                    "           [options] [-- OPTIONS OF flink run]",
                    "Archives topics as a job of the Flink cluster of this installation.",
                    "  --bounded                   archives what Kafka has now, and ends",
                    "  --codec NAME                zstd (default), lz4 or none",
                    "  --roll-size SIZE            size of a segment (default 128mb)",
                    "  --roll-interval DURATION    age of a segment (default 10min)",
                    "  --checkpoint-interval DURATION   when segments appear (default: the"
                            + " cluster's, or 1min; 1s with --bounded)",
                    "  --writer-id ID              part of file names (default: the id of the job)",
                    "  --skip-deleted              goes on with a gap where Kafka has deleted what"
                            + " is next",
                    "  --property KEY=VALUE        of Kafka's consumer; may be repeated",
                    "  --name NAME                 of the job (default archiver)",
                    "Options after -- go to 'flink run': -d returns at once, -s SAVEPOINT resumes,"
                            + " -p N, -DKEY=VALUE.",
                    "'-- -t local' runs without a cluster.");

    private static final Duration DEFAULT_CHECKPOINT_INTERVAL = Duration.ofMinutes(1);

    /** The job ends with a checkpoint, which is not to keep it waiting. */
    private static final Duration BOUNDED_INTERVAL = Duration.ofSeconds(1);

    private static final Set<String> OPTIONS =
            Set.of(
                    "--archive",
                    "--bootstrap-servers",
                    "--topic",
                    "--topic-pattern",
                    "--codec",
                    "--roll-size",
                    "--roll-interval",
                    "--checkpoint-interval",
                    "--writer-id",
                    "--property",
                    "--name");

    private ArchiverJob() {}

    /** Runs the job; see {@code --help}. */
    public static void main(String[] args) throws Exception {
        List<String> arguments = Arrays.asList(args);
        if (arguments.contains("--help") || arguments.contains("-h")) {
            System.out.println(USAGE);
            return;
        }
        Arguments parsed =
                Arguments.parse(arguments, OPTIONS, Set.of("--bounded", "--skip-deleted"));
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        String name = parsed.find("--name").orElse("archiver");
        archiver(parsed).addTo(env, name);
        boolean bounded = parsed.has("--bounded");
        if (bounded
                || parsed.find("--checkpoint-interval").isPresent()
                || !env.getCheckpointConfig().isCheckpointingEnabled()) {
            Duration otherwise = bounded ? BOUNDED_INTERVAL : DEFAULT_CHECKPOINT_INTERVAL;
            env.enableCheckpointing(parsed.duration("--checkpoint-interval", otherwise).toMillis());
        }
        env.execute(name);
    }

    private static KafkaArchiver archiver(Arguments arguments) {
        KafkaArchiver.Builder builder =
                KafkaArchiver.builder()
                        .setArchive(arguments.get("--archive"))
                        .setProperties(arguments.client())
                        .setCodec(arguments.codec())
                        .setRollSize(new MemorySize(arguments.bytes("--roll-size", "128mb")))
                        .setRollInterval(
                                arguments.duration("--roll-interval", Duration.ofMinutes(10)))
                        .setSkipDeleted(arguments.has("--skip-deleted"));
        if (arguments.find("--topic").isPresent()
                == arguments.find("--topic-pattern").isPresent()) {
            throw new UsageException("Exactly one of --topic and --topic-pattern is needed");
        }
        if (arguments.find("--topic").isPresent()) {
            builder.setTopics(arguments.get("--topic").split(","));
        } else {
            builder.setTopicPattern(Pattern.compile(arguments.get("--topic-pattern")));
        }
        arguments.find("--writer-id").ifPresent(builder::setWriterId);
        if (arguments.has("--bounded")) {
            builder.setBounded(OffsetsInitializer.latest());
        }
        return builder.build();
    }
}
