// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The distribution with the native S3 file system on an S3 endpoint. Run by ci/s3. */
@Tag("s3")
final class S3IT {

    private static final int SUBTASKS = 2;

    /** 12 MB: two parts of an upload, and a part of a third one. */
    private static final int LINES = 120_000;

    /** Writes a file of each subtask, which stays open until the job ends. */
    private static final String JOB =
            """
            package com.example;

            import com.pinterest.flink.dist.it.NumberedLines;
            import java.time.Duration;
            import org.apache.flink.api.common.serialization.SimpleStringEncoder;
            import org.apache.flink.configuration.MemorySize;
            import org.apache.flink.connector.file.sink.FileSink;
            import org.apache.flink.core.fs.Path;
            import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
            import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.BasePathBucketAssigner;
            import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.DefaultRollingPolicy;

            public class NumberedFiles {
                public static void main(String[] arguments) throws Exception {
                    StreamExecutionEnvironment environment =
                            StreamExecutionEnvironment.getExecutionEnvironment();
                    NumberedLines.in(
                                    environment,
                                    Integer.parseInt(arguments[1]),
                                    Integer.parseInt(arguments[2]),
                                    arguments[3])
                            .sinkTo(
                                    FileSink.forRowFormat(
                                                    new Path(arguments[0]),
                                                    new SimpleStringEncoder<String>())
                                            .withBucketAssigner(new BasePathBucketAssigner<>())
                                            .withRollingPolicy(
                                                    DefaultRollingPolicy.builder()
                                                            .withMaxPartSize(MemorySize.ofMebiBytes(1024))
                                                            .withRolloverInterval(Duration.ofDays(1))
                                                            .withInactivityInterval(Duration.ofDays(1))
                                                            .build())
                                            .build())
                            .uid("files");
                    environment.execute("numbered files");
                }
            }
            """;

    @Order(1)
    @RegisterExtension
    static final S3Endpoint endpoint = new S3Endpoint();

    @Order(2)
    @RegisterExtension
    static final FlinkCluster cluster =
            endpoint.cluster(SUBTASKS)
                    .with("taskmanager.numberOfTaskSlots", "1")
                    .with("execution.checkpointing.interval", "1 s");

    @Test
    void filesThatWereOpenAtAFailureHaveEachLineOnce() throws Exception {
        // given a job whose files are open, with all that was written in a checkpoint
        Path release = cluster.directory("files").resolve("go-on");
        String job =
                cluster.submit(
                        "run",
                        "-d",
                        "-p",
                        Integer.toString(SUBTASKS),
                        jar().toString(),
                        "s3://" + S3Endpoint.BUCKET + "/numbered",
                        Integer.toString(2 * LINES),
                        Integer.toString(LINES),
                        release.toString());
        cluster.awaitRowsRead(job, SUBTASKS * LINES);
        cluster.awaitTwoCheckpoints(job);
        assertThat(cluster.state(job)).isEqualTo("RUNNING");

        // when one of its TaskManagers dies, so that the task on the other one is cancelled
        ProcessHandle taskManager = cluster.installation().daemon("taskexecutor");
        assertThat(taskManager.destroyForcibly()).isTrue();
        cluster.installation().run("taskmanager.sh", "start").succeeded();
        Files.createFile(release);

        // then
        cluster.awaitState(job, "FINISHED");
        assertThat(cluster.checkpoints(job, "restored")).isPositive();
        List<String> expected = new ArrayList<>();
        for (int subtask = 0; subtask < SUBTASKS; subtask++) {
            int of = subtask;
            IntStream.range(0, 2 * LINES)
                    .mapToObj(number -> NumberedLines.line(of, number))
                    .forEach(expected::add);
        }
        List<String> written = lines(endpoint.endWithObjects("numbered"));
        assertThat(written).hasSameSizeAs(expected);
        assertThat(written.stream().sorted().toList())
                .isEqualTo(expected.stream().sorted().toList());
    }

    private static Path jar() throws IOException {
        return new Fixtures(cluster.directory("job"))
                .jar(
                        "job.jar",
                        Map.of("com.example.NumberedFiles", JOB),
                        List.of(NumberedLines.class.getNestMembers()),
                        Map.of("Main-Class", "com.example.NumberedFiles"),
                        Map.of());
    }

    private static List<String> lines(List<Path> files) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path file : files) {
            lines.addAll(Files.readAllLines(file));
        }
        return lines;
    }
}
