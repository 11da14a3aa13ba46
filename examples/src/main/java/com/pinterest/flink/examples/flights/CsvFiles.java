// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.functions.sink.filesystem.OutputFileConfig;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.BasePathBucketAssigner;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;

/** A factory of exactly-once sinks that write lines to {@code part-*.csv} files of a directory. */
final class CsvFiles {

    private CsvFiles() {}

    /** A serializable function that returns the line of an element. */
    interface Line<T> extends Function<T, String>, Serializable {}

    /** Creates a sink. Files are finished at each checkpoint, and visible once it is complete. */
    static <T> FileSink<T> sink(Path directory, Line<T> line) {
        return FileSink.<T>forRowFormat(
                        directory,
                        (element, stream) ->
                                stream.write(
                                        (line.apply(element) + "\n")
                                                .getBytes(StandardCharsets.UTF_8)))
                .withBucketAssigner(new BasePathBucketAssigner<>())
                .withRollingPolicy(OnCheckpointRollingPolicy.build())
                .withOutputFileConfig(OutputFileConfig.builder().withPartSuffix(".csv").build())
                .build();
    }
}
