// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import com.pinterest.flink.connector.kafka.tiered.SourceTier;
import com.pinterest.flink.connector.kafka.tiered.TieredKafkaSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The job {@link FlightDelays} on a Kafka topic and its archive. Which of them it reads is one
 * option, {@code --tier}; the results are the same.
 *
 * <p>The timestamp of a record is the frontier of the flight, which {@link FlightTopic} determines.
 * So which rows are late depends on neither the partitions nor the tier.
 */
public final class FlightDelaysFromLog {

    private static final String USAGE =
            String.join(
                    "\n",
                    "Usage: FlightDelaysFromLog --bootstrap-servers LIST --topic NAME"
                            + " --output DIR --late DIR",
                    "           [--tier kafka|auto|archive] [--archive URI] [--end latest]",
                    "           [--group-id NAME] [--out-of-orderness MINUTES]",
                    "",
                    "  --tier kafka    reads Kafka only (default)",
                    "  --tier auto     reads the archive, then Kafka",
                    "  --archive URI   the archive, needed for the tiers auto and archive",
                    "  --end latest    ends at what there is when the job starts",
                    "  --group-id NAME the consumer group that offsets are committed for",
                    "  --out-of-orderness MINUTES how far the watermark trails (default 1440)");

    private static final List<String> OPTIONS =
            List.of(
                    "--bootstrap-servers",
                    "--topic",
                    "--output",
                    "--late",
                    "--tier",
                    "--archive",
                    "--end",
                    "--group-id",
                    "--out-of-orderness");

    private FlightDelaysFromLog() {}

    /** Runs the job; see {@code --help}. */
    public static void main(String[] args) throws Exception {
        if (List.of(args).contains("--help")) {
            System.out.println(USAGE);
            return;
        }
        Map<String, String> options = options(args);
        SourceTier tier =
                SourceTier.valueOf(
                        options.getOrDefault("--tier", "kafka").toUpperCase(Locale.ROOT));
        var source =
                TieredKafkaSource.<Flight>builder()
                        .setBootstrapServers(required(options, "--bootstrap-servers"))
                        .setTopics(required(options, "--topic"))
                        .setTier(tier)
                        .setDeserializer(new FlightDeserializer());
        if (options.containsKey("--archive")) {
            source.setArchive(options.get("--archive"));
        }
        if (options.containsKey("--group-id")) {
            source.setGroupId(options.get("--group-id"));
        }
        if (options.containsKey("--end")) {
            if (!options.get("--end").equals("latest")) {
                throw new IllegalArgumentException("option --end can only be 'latest'");
            }
            source.setBounded(OffsetsInitializer.latest());
        }
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        Lateness lateness =
                new Lateness(
                        options.containsKey("--out-of-orderness")
                                ? Duration.ofMinutes(
                                        Long.parseLong(options.get("--out-of-orderness")))
                                : FlightDelaysOptions.DEFAULT_OUT_OF_ORDERNESS);
        FlightDelays.define(
                environment
                        .fromSource(source.build(), FlightDelays.watermarks(lateness), "flights")
                        .uid("flights")
                        .process(new LateFilter(lateness))
                        .name("late-filter")
                        .uid("late-filter"),
                new Path(required(options, "--output")),
                new Path(required(options, "--late")));
        environment.execute("flight-delays-" + tier.toString().toLowerCase(Locale.ROOT));
    }

    /** Parses pairs of option names and values. */
    private static Map<String, String> options(String[] args) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < args.length; i += 2) {
            if (!OPTIONS.contains(args[i])) {
                throw new IllegalArgumentException(
                        "unknown option '" + args[i] + "', known are " + OPTIONS + " and --help");
            }
            if (i + 1 == args.length) {
                throw new IllegalArgumentException("option " + args[i] + " has no value");
            }
            options.put(args[i], args[i + 1]);
        }
        return options;
    }

    private static String required(Map<String, String> options, String name) {
        String value = options.get(name);
        if (value == null) {
            throw new IllegalArgumentException("option " + name + " is missing, see --help");
        }
        return value;
    }
}
