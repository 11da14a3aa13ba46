// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The deduplication in processes of their own, on RocksDB with incremental, unaligned checkpoints:
 * no duplicate and no missing key after a TaskManager was killed and the job was rescaled.
 */
final class DeduplicationIT {

    /** The source emits fewer than all records before it is stopped. */
    private static final int FEW_RECORDS = UniqueNumbersJob.RECORDS / 5;

    @RegisterExtension
    static final FlinkCluster cluster =
            FlinkCluster.of(FlinkTree.DISTRIBUTION, 1)
                    .with("execution.checkpointing.interval", "1 s")
                    .with("execution.checkpointing.incremental", "true")
                    .with("execution.checkpointing.unaligned.enabled", "true")
                    .with("execution.state-recovery.from-local", "true");

    @Test
    void keysAreUniqueAcrossAKilledTaskManagerAndParallelisms() throws Exception {
        // given a job in its middle, with checkpoints
        Path output = cluster.directory("output");
        String job = cluster.submit(command(output, FEW_RECORDS, 2));
        cluster.awaitRowsRead(job, 1_500);
        cluster.awaitTwoCheckpoints(job);
        assertThat(cluster.state(job)).isEqualTo("RUNNING");

        // when its only TaskManager dies without a chance to clean up, and another one comes
        ProcessHandle taskManager = cluster.installation().daemon("taskexecutor");
        assertThat(taskManager.destroyForcibly()).isTrue();
        cluster.installation().run("taskmanager.sh", "start").succeeded();
        Await.until("a restart", () -> cluster.checkpoints(job, "restored") > 0);
        int completed = cluster.checkpoints(job, "completed");
        Await.until(
                "a checkpoint of the restarted job",
                () -> cluster.checkpoints(job, "completed") > completed);

        // and the job goes on with three subtasks, and then with one
        String rescaled =
                cluster.submit(command(output, FEW_RECORDS, 3, "-s", stop(job, "canonical")));
        cluster.awaitRowsRead(rescaled, 1_500);
        String last = cluster.submit(command(output, 0, 1, "-s", stop(rescaled, "native")));
        cluster.awaitState(last, "FINISHED");

        // then
        List<Integer> expected = IntStream.range(0, UniqueNumbersJob.KEYS).boxed().toList();
        assertThat(written(output)).isEqualTo(expected);
    }

    private static String[] command(Path output, int records, int parallelism, String... options)
            throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "run",
                                "-d",
                                "-p",
                                Integer.toString(parallelism),
                                "-C",
                                jarInOpt().toUri().toString()));
        command.addAll(List.of(options));
        command.addAll(List.of(jar().toString(), output.toString(), Integer.toString(records)));
        return command.toArray(new String[0]);
    }

    /** Stops a job with a savepoint, and returns its path. */
    private static String stop(String job, String format) throws Exception {
        cluster.flink(
                        "stop",
                        "--type",
                        format,
                        "--savepointPath",
                        cluster.directory("savepoints").toString(),
                        job)
                .succeeded();
        String path =
                cluster.get("/jobs/" + job + "/checkpoints")
                        .get("latest")
                        .get("savepoint")
                        .get("external_path")
                        .asText();
        return Path.of(URI.create(path)).toString();
    }

    private static Path jarInOpt() throws IOException {
        return FlinkTree.files(
                        FlinkTree.DISTRIBUTION.home().resolve("opt"), "flink-deduplication-*.jar")
                .get(0);
    }

    private static Path jar() throws IOException {
        return new Fixtures(cluster.directory("job"))
                .jar(
                        "job.jar",
                        Map.of(),
                        List.of(UniqueNumbersJob.class.getNestMembers()),
                        Map.of("Main-Class", UniqueNumbersJob.class.getName()),
                        Map.of());
    }

    /** The numbers in finished files, in their order. */
    private static List<Integer> written(Path output) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.walk(output)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (file.getFileName().toString().startsWith("part-")) {
                    lines.addAll(Files.readAllLines(file));
                }
            }
        }
        return lines.stream().map(Integer::valueOf).sorted().toList();
    }
}
