// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.jobs.protocol.Finding;
import com.pinterest.flink.jobs.protocol.Retention;
import com.pinterest.flink.jobs.protocol.RunSpec;
import com.pinterest.flink.jobs.protocol.RunSpec.UpgradeMode;
import com.pinterest.flink.jobs.server.SharedFiles.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the service looks for the state of runs whose job or cluster says where it is. */
final class SharedFilesTest {

    @TempDir private Path directory;

    private Finding<String> newest(Map<String, String> ofJob, Map<String, String> ofCluster)
            throws IOException {
        Path savepoints = directory.resolve("savepoints");
        Files.createDirectories(savepoints);
        RunSpec spec =
                new RunSpec(
                        "local",
                        "artifact",
                        "",
                        List.of(),
                        1,
                        ofJob,
                        false,
                        "file:" + savepoints,
                        UpgradeMode.SAVEPOINT,
                        1,
                        0,
                        null,
                        3,
                        Retention.ALL);
        return new SharedFiles(null, new Storages(Optional.empty()))
                .newestState(
                        Settings.of(spec, key -> ofCluster.getOrDefault(key, "")),
                        "run",
                        "file:" + savepoints + "/ads/flights/1",
                        List.of());
    }

    private String checkpoints(String name) throws IOException {
        StateFilesTest.write(directory.resolve(name).resolve("run/chk-1"), 1, 1_000);
        return "file:" + directory.resolve(name);
    }

    @Test
    void stateIsWhereFlinkWritesIt() throws IOException {
        String key = "execution.checkpointing.dir";
        String formerKey = "state.checkpoints.dir";
        String job = checkpoints("job");
        String cluster = checkpoints("cluster");

        assertThat(newest(Map.of(key, job), Map.of(key, cluster)).value()).startsWith(job);
        assertThat(newest(Map.of(formerKey, job), Map.of()).value()).startsWith(job);
        assertThat(newest(Map.of(formerKey, job), Map.of(formerKey, cluster)).value())
                .startsWith(job);
        // As in Flink, the current key counts before the former one, whoever has set it.
        assertThat(newest(Map.of(formerKey, job), Map.of(key, cluster)).value())
                .startsWith(cluster);
        assertThat(newest(Map.of(), Map.of(formerKey, cluster)).value()).startsWith(cluster);
        assertThat(newest(Map.of(), Map.of()).isNo()).isTrue();
    }
}
