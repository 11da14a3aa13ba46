// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.pinterest.flink.jobs.protocol.Cluster.Start;
import com.pinterest.flink.jobs.protocol.ClusterException;
import com.pinterest.flink.jobs.protocol.JobKey;
import com.pinterest.flink.jobs.protocol.Retention;
import com.pinterest.flink.jobs.protocol.RunSpec;
import com.pinterest.flink.jobs.protocol.RunSpec.UpgradeMode;
import com.pinterest.flink.jobs.protocol.RunState;
import com.pinterest.flink.jobs.store.JobDatabase;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs on clusters of several releases of Flink. */
final class SessionClusterTest {

    private static final RunSpec SPEC =
            new RunSpec(
                    "local",
                    "b".repeat(64),
                    "",
                    List.of(),
                    1,
                    Map.of(),
                    false,
                    "file:///savepoints",
                    UpgradeMode.SAVEPOINT,
                    1,
                    0,
                    null,
                    3,
                    Retention.ALL);

    @TempDir private Path directory;

    private FakeFlink flink;
    private SessionCluster cluster;

    @BeforeEach
    void startFlink() throws Exception {
        flink = new FakeFlink();
        Secrets secrets = new Secrets(directory);
        cluster =
                new SessionCluster(
                        new FlinkRest(
                                HttpClient.newHttpClient(),
                                new ObjectMapper(),
                                flink.address(),
                                secrets),
                        new SharedFiles(null, new Storages(Optional.empty())),
                        secrets,
                        "instance");
    }

    @AfterEach
    void stop() {
        flink.close();
    }

    private void start(String run) throws ClusterException {
        cluster.start(new Start(new JobKey("ads", "flights"), 1, run, "1_b.jar", SPEC, ""));
    }

    @Test
    void runIsAnApplicationOrElseAJob() throws Exception {
        for (String version : List.of("2.2.0", "2.3.0", "2.10-SNAPSHOT", "3.0.1")) {
            flink.version = version;
            flink.starts.clear();
            String run = JobDatabase.sha256(version).substring(32);

            start(run);

            assertThat(flink.starts)
                    .as(version)
                    .singleElement()
                    .asString()
                    .contains("\"jobId\":\"" + run + '"')
                    .satisfies(
                            body ->
                                    assertThat(body.contains("applicationId"))
                                            .isEqualTo(!version.equals("2.2.0")));
            assertThat(cluster.run(run, "").value().state()).isEqualTo(RunState.RUNNING);
            cluster.cancel(run);
            assertThat(cluster.run(run, "").value().state()).isEqualTo(RunState.CANCELED);
        }
        assertThat(cluster.run("c".repeat(32), "").isNo()).isTrue();
    }

    @Test
    void runIsNotStartedOnAReleaseThatIsNotKnown() {
        flink.version = "";

        assertThatThrownBy(() -> start("d".repeat(32)))
                .asInstanceOf(InstanceOfAssertFactories.type(ClusterException.class))
                .matches(e -> !e.isRejected());
        assertThat(flink.starts).isEmpty();
    }
}
