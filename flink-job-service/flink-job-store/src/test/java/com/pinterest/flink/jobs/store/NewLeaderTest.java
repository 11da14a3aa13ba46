// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.jobs.protocol.JobStore.StaleException;
import com.pinterest.flink.jobs.protocol.Kind;
import com.pinterest.flink.jobs.protocol.Operation;
import com.pinterest.flink.jobs.protocol.OperationRunner;
import com.pinterest.flink.jobs.protocol.OperationState;
import com.pinterest.flink.jobs.protocol.Request;
import com.pinterest.flink.jobs.protocol.Retention;
import com.pinterest.flink.jobs.protocol.RunSpec;
import com.pinterest.flink.jobs.protocol.RunSpec.UpgradeMode;
import com.pinterest.flink.jobs.protocol.Step;
import com.pinterest.flink.jobs.protocol.Timing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A JobManager that restarts between the upload of the artifact and the start. */
final class NewLeaderTest {

    private final VirtualClock clock = new VirtualClock();
    private final FakeCluster cluster = new FakeCluster(clock, new Random(1));
    private final JobDatabase store = JobDatabase.inMemory(new Random(2));
    private final OperationRunner runner =
            new OperationRunner(store, name -> cluster, Timing.standard(), clock);

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void artifactIsUploadedAgain() throws Exception {
        // given
        cluster.setFaulty(false);
        RunSpec spec =
                new RunSpec(
                        "fake",
                        "a",
                        "Good",
                        List.of(),
                        0,
                        Map.of(),
                        false,
                        "/savepoints",
                        UpgradeMode.SAVEPOINT,
                        1,
                        0,
                        null,
                        0,
                        Retention.ALL);
        store.register(Simulation.JOB, "", spec, Optional.empty(), "user", clock.instant());
        Operation submit =
                store.openOperation(
                        Simulation.JOB,
                        Request.of(Kind.SUBMIT, 1, "user"),
                        Optional.empty(),
                        "",
                        clock.instant());
        while (operation(submit).step() != Step.START) {
            advance(submit);
        }

        // when
        cluster.restartLeader();
        while (!operation(submit).isClosed()) {
            advance(submit);
        }

        // then
        assertThat(operation(submit).state()).isEqualTo(OperationState.SUCCEEDED);
        assertThat(operation(submit).starts()).isEqualTo(1);
        assertThat(cluster.living()).hasSize(1);
        assertThat(cluster.violations()).isEmpty();
        assertThat(store.view(submit.id()).mayHaveSavepoints()).isFalse();

        // when someone asks for a savepoint
        Operation savepoint =
                store.openOperation(
                        Simulation.JOB,
                        Request.of(Kind.SAVEPOINT, 1, "user"),
                        Optional.empty(),
                        "",
                        clock.instant());

        // then the run may have one, also if nobody has heard of it
        assertThat(store.view(savepoint.id()).mayHaveSavepoints()).isTrue();
    }

    private Operation operation(Operation operation) {
        return store.operation(operation.id()).orElseThrow();
    }

    private void advance(Operation operation) throws StaleException {
        clock.advance(Duration.ofSeconds(1));
        cluster.tick();
        runner.advance(operation.id());
    }
}
