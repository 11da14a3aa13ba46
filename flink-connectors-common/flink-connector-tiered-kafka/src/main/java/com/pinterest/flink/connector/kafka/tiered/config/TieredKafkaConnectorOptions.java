// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.config;

import com.pinterest.flink.connector.kafka.tiered.BadRecordHandler;
import com.pinterest.flink.connector.kafka.tiered.CommitFailure;
import com.pinterest.flink.connector.kafka.tiered.GapPolicy;
import com.pinterest.flink.connector.kafka.tiered.RateLimit;
import com.pinterest.flink.connector.kafka.tiered.SinkTier;
import com.pinterest.flink.connector.kafka.tiered.SourceTier;
import com.pinterest.flink.connector.kafka.tiered.archive.Codec;
import java.time.Duration;
import java.util.List;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.MemorySize;

/** The options that {@code tiered-kafka} has beside those of {@code kafka}. */
@PublicEvolving
public final class TieredKafkaConnectorOptions {

    public static final ConfigOption<SourceTier> SCAN_TIER =
            ConfigOptions.key("scan.tier")
                    .enumType(SourceTier.class)
                    .noDefaultValue()
                    .withDescription(
                            "Which tiers the source reads. 'auto': the archive while a position"
                                    + " lies there, then Kafka. 'kafka': Kafka only. 'archive':"
                                    + " the archive only. 'files': files of the format in"
                                    + " 'files.path'. The default is 'auto' if 'archive.path'"
                                    + " is set, else 'kafka'. A job may change it between two"
                                    + " runs, with its state, but not from or to 'files'.");

    public static final ConfigOption<String> ARCHIVE_PATH =
            ConfigOptions.key("archive.path")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Directory of the archive, on any file system that Flink knows.");

    public static final ConfigOption<GapPolicy> ARCHIVE_GAP_POLICY =
            ConfigOptions.key("archive.gap-policy")
                    .enumType(GapPolicy.class)
                    .defaultValue(GapPolicy.FAIL)
                    .withDescription(
                            "What the source does at offsets that neither the archive nor Kafka"
                                    + " has. 'fail': the job fails. 'skip': the source goes on at"
                                    + " the next offset, and counts the missing ones. 'wait': the"
                                    + " partition waits for the archive.");

    public static final ConfigOption<Duration> ARCHIVE_GAP_WAIT_TIMEOUT =
            ConfigOptions.key("archive.gap-wait-timeout")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(10))
                    .withDescription(
                            "How long 'archive.gap-policy' = 'wait' waits before the job fails.");

    public static final ConfigOption<Double> SCAN_RATE_LIMIT_RECORDS =
            ConfigOptions.key("scan.rate-limit.records-per-second")
                    .doubleType()
                    .noDefaultValue()
                    .withDescription("How many records the source may read a second.");

    public static final ConfigOption<MemorySize> SCAN_RATE_LIMIT_BYTES =
            ConfigOptions.key("scan.rate-limit.bytes-per-second")
                    .memoryType()
                    .noDefaultValue()
                    .withDescription(
                            "How many bytes of keys and values the source may read a second.");

    public static final ConfigOption<RateLimit.Scope> SCAN_RATE_LIMIT_SCOPE =
            ConfigOptions.key("scan.rate-limit.scope")
                    .enumType(RateLimit.Scope.class)
                    .defaultValue(RateLimit.Scope.SOURCE)
                    .withDescription(
                            "What the limits are the limits of. 'source': all partitions of the"
                                    + " source together, each with an equal share. 'partition':"
                                    + " each partition.");

    public static final ConfigOption<Double> SCAN_REPLAY_RATE =
            ConfigOptions.key("scan.replay-rate")
                    .doubleType()
                    .noDefaultValue()
                    .withDescription(
                            "How many times as fast as they came records are read, by their own"
                                    + " timestamps. All sources of a job that set it share one"
                                    + " clock, and need the same value.");

    public static final ConfigOption<List<String>> SCAN_START_AFTER =
            ConfigOptions.key("scan.start-after")
                    .stringType()
                    .asList()
                    .noDefaultValue()
                    .withDescription(
                            "Names of sources or tables of the job, with semicolons between them."
                                    + " This one reads nothing until they have read all that there"
                                    + " is.");

    public static final ConfigOption<BadRecordHandler> SCAN_DESER_FAILURE_HANDLER =
            ConfigOptions.key("scan.deser-failure.handler")
                    .enumType(BadRecordHandler.class)
                    .defaultValue(BadRecordHandler.FAIL)
                    .withDescription(
                            "What the source does with a record that cannot be deserialized."
                                    + " 'fail': the job fails. 'log': the record is counted,"
                                    + " logged without its content, and left out."
                                    + " 'dead-letter': it is counted, written to"
                                    + " 'scan.deser-failure.topic' or to files in"
                                    + " 'scan.deser-failure.path', and left out.");

    public static final ConfigOption<String> SCAN_DESER_FAILURE_TOPIC =
            ConfigOptions.key("scan.deser-failure.topic")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Topic for dead letters, of the same cluster. It has to exist.");

    public static final ConfigOption<String> SCAN_DESER_FAILURE_PATH =
            ConfigOptions.key("scan.deser-failure.path")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Directory for dead letters, in files of JSON lines.");

    public static final ConfigOption<String> FILES_PATH =
            ConfigOptions.key("files.path")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Directory of the files that 'scan.tier' = 'files' reads, and"
                                    + " 'sink.tier' = 'files' writes, on any file system that"
                                    + " Flink knows.");

    public static final ConfigOption<Duration> FILES_WATCH_INTERVAL =
            ConfigOptions.key("files.watch-interval")
                    .durationType()
                    .defaultValue(Duration.ofMinutes(1))
                    .withDescription(
                            "How often an unbounded source looks for new files in 'files.path'.");

    public static final ConfigOption<SinkTier> SINK_TIER =
            ConfigOptions.key("sink.tier")
                    .enumType(SinkTier.class)
                    .defaultValue(SinkTier.KAFKA)
                    .withDescription(
                            "Where the sink writes. 'kafka': to the topic. 'archive': to an"
                                    + " archive, for topics that do not live in Kafka. 'files': to"
                                    + " files of the format in 'files.path'. 'discard': nowhere."
                                    + " A job may change it between two runs, with its state.");

    public static final ConfigOption<CommitFailure> SINK_COMMIT_FAILURE =
            ConfigOptions.key("sink.commit-failure")
                    .enumType(CommitFailure.class)
                    .defaultValue(CommitFailure.FAIL)
                    .withDescription(
                            "What happens when a transaction of a completed checkpoint cannot be"
                                    + " committed any more, so that its records are lost. 'fail':"
                                    + " the job fails, and so does every restart from that"
                                    + " checkpoint. 'log': the loss is logged and counted.");

    public static final ConfigOption<BadRecordHandler> SINK_SER_FAILURE_HANDLER =
            ConfigOptions.key("sink.ser-failure.handler")
                    .enumType(BadRecordHandler.class)
                    .defaultValue(BadRecordHandler.FAIL)
                    .withDescription(
                            "What the sink does with a record that cannot be serialized. 'fail':"
                                    + " the job fails. 'log': the record is counted, logged"
                                    + " without its content, and left out. 'dead-letter': it is"
                                    + " counted, written to 'sink.ser-failure.topic' or to files"
                                    + " in 'sink.ser-failure.path', and left out.");

    public static final ConfigOption<String> SINK_SER_FAILURE_TOPIC =
            ConfigOptions.key("sink.ser-failure.topic")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "Topic for dead letters, of the same cluster. It has to exist.");

    public static final ConfigOption<String> SINK_SER_FAILURE_PATH =
            ConfigOptions.key("sink.ser-failure.path")
                    .stringType()
                    .noDefaultValue()
                    .withDescription("Directory for dead letters, in files of JSON lines.");

    public static final ConfigOption<Integer> ARCHIVE_PARTITIONS =
            ConfigOptions.key("archive.partitions")
                    .intType()
                    .noDefaultValue()
                    .withDescription(
                            "How many partitions the topic has that 'sink.tier' = 'archive'"
                                    + " writes.");

    public static final ConfigOption<Codec> ARCHIVE_COMPRESSION =
            ConfigOptions.key("archive.compression")
                    .enumType(Codec.class)
                    .defaultValue(Codec.ZSTD)
                    .withDescription("Compression of the segments that the sink writes.");

    public static final ConfigOption<MemorySize> ARCHIVE_ROLL_SIZE =
            ConfigOptions.key("archive.roll.size")
                    .memoryType()
                    .defaultValue(MemorySize.ofMebiBytes(128))
                    .withDescription(
                            "Size from which on the sink ends a segment between two checkpoints.");

    private TieredKafkaConnectorOptions() {}
}
