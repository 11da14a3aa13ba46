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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The deduplication in processes of their own, on RocksDB with incremental, unaligned checkpoints:
 * no duplicate and no missing key after a TaskManager was killed.
 */
final class DeduplicationIT {

    @RegisterExtension
    static final FlinkCluster cluster =
            FlinkCluster.of(FlinkTree.DISTRIBUTION, 1)
                    .with("execution.checkpointing.interval", "1 s")
                    .with("execution.checkpointing.incremental", "true")
                    .with("execution.checkpointing.unaligned.enabled", "true")
                    .with("execution.state-recovery.from-local", "true");

    @Test
    void keysAreUniqueAcrossAKilledTaskManager() throws Exception {
        // given a job in its middle, with checkpoints
        Path output = cluster.directory("output");
        Path goOn = cluster.directory("files").resolve("go-on");
        String job =
                cluster.submit(
                        "run",
                        "-d",
                        "-p",
                        "2",
                        "-C",
                        jarInOpt().toUri().toString(),
                        jar().toString(),
                        output.toString(),
                        goOn.toString());
        cluster.awaitRowsRead(job, 1_500);
        cluster.awaitTwoCheckpoints(job);
        assertThat(cluster.state(job)).isEqualTo("RUNNING");

        // when its only TaskManager dies without a chance to clean up, and another one comes
        ProcessHandle taskManager = cluster.installation().daemon("taskexecutor");
        assertThat(taskManager.destroyForcibly()).isTrue();
        cluster.installation().run("taskmanager.sh", "start").succeeded();
        Files.createFile(goOn);

        // then
        cluster.awaitState(job, "FINISHED");
        assertThat(cluster.checkpoints(job, "restored")).isPositive();
        List<Integer> expected = IntStream.range(0, UniqueNumbersJob.KEYS).boxed().toList();
        assertThat(written(output)).isEqualTo(expected);
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
