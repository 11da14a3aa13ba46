// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A join whose bundles were planned for rows of 1,000 bytes gets rows of 10,000, all of one key, on
 * TaskManagers of 1 GB.
 */
final class MiniBatchMemoryIT {

    private static final int ROWS = 40_000;

    @RegisterExtension static final FlinkCluster ours = cluster(FlinkTree.DISTRIBUTION);

    @RegisterExtension static final FlinkCluster official = cluster(FlinkTree.TWIN);

    private static FlinkCluster cluster(FlinkTree tree) {
        return FlinkCluster.of(tree, 1)
                .with("taskmanager.memory.process.size", "1g")
                .with("taskmanager.jvm-exit-on-oom", "true")
                .with("restart-strategy.type", "none");
    }

    private static Path script(FlinkCluster cluster, int length) throws IOException {
        return cluster.installation()
                .write(
                        "files/wide-rows-" + length + ".sql",
                        """
                        SET 'execution.runtime-mode' = 'streaming';
                        SET 'sql-client.execution.result-mode' = 'tableau';
                        SET 'table.exec.mini-batch.enabled' = 'true';
                        SET 'table.exec.mini-batch.allow-latency' = '1 h';
                        SET 'table.exec.mini-batch.size' = '50000';

                        CREATE TABLE events (k INT, n INT, payload STRING) WITH (
                            'connector' = 'datagen',
                            'number-of-rows' = '%d',
                            'fields.k.min' = '7',
                            'fields.k.max' = '7',
                            'fields.n.kind' = 'sequence',
                            'fields.n.start' = '1',
                            'fields.n.end' = '%d',
                            'fields.payload.length' = '%d'
                        );
                        CREATE TABLE names (k INT) WITH (
                            'connector' = 'datagen',
                            'number-of-rows' = '1',
                            'fields.k.min' = '7',
                            'fields.k.max' = '7'
                        );

                        SELECT COUNT(*) AS c, SUM(CAST(n AS BIGINT)) AS s, MAX(CHAR_LENGTH(payload)) AS l
                        FROM events JOIN names ON events.k = names.k;
                        """
                                .formatted(ROWS, ROWS, length));
    }

    private static ProcessResult run(FlinkCluster cluster, int length) throws Exception {
        return cluster.installation()
                .run("sql-client.sh", "-f", script(cluster, length).toString());
    }

    private static String result(int length) {
        return "\\| +%d \\| +%d \\| +%d \\|".formatted(ROWS, ROWS * (ROWS + 1L) / 2, length);
    }

    @Test
    void bundlesEndBeforeTheHeapDoes() throws Exception {
        ProcessHandle taskManager = ours.installation().daemon("taskexecutor");

        ProcessResult client = run(ours, 10_000).succeeded();

        assertThat(client.stdout()).containsPattern(result(10_000));
        assertThat(ours.installation().isRunning(taskManager)).isTrue();
    }

    @Test
    void taskManagerOfTheOfficialReleaseDies() throws Exception {
        ProcessHandle taskManager = official.installation().daemon("taskexecutor");

        assertThat(run(official, 1_000).succeeded().stdout()).containsPattern(result(1_000));
        ProcessResult client = run(official, 10_000);

        assertThat(client.stdout()).doesNotContainPattern(result(10_000));
        Await.until(
                "the TaskManager to be gone",
                () -> !official.installation().isRunning(taskManager));
    }
}
