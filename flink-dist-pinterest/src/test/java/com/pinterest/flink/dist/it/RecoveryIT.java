// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A job whose TaskManager is killed goes on from its last checkpoint, and no row shows it. */
final class RecoveryIT {

    @RegisterExtension
    static final FlinkCluster cluster =
            FlinkCluster.of(FlinkTree.DISTRIBUTION, 1)
                    .with("execution.checkpointing.interval", "1 s");

    @Test
    void killedTaskManagerCostsNoRow() throws Exception {
        // given a job in its middle, with checkpoints, which does not end before it is let to
        Flights flights = Flights.in(cluster.directory("flights"), 40_000).holdingAt(30_000);
        String job = cluster.submit(flights.command(2_500, "run", "-d", "-p", "2"));
        cluster.awaitRowsRead(job, 5_000);
        cluster.awaitTwoCheckpoints(job);
        assertThat(cluster.state(job)).isEqualTo("RUNNING");

        // when its only TaskManager dies without a chance to clean up, and another one comes
        ProcessHandle taskManager = cluster.installation().daemon("taskexecutor");
        assertThat(taskManager.destroyForcibly()).isTrue();
        cluster.installation().run("taskmanager.sh", "start").succeeded();
        flights.release();

        // then
        cluster.awaitState(job, "FINISHED");
        assertThat(cluster.installation().isRunning(taskManager)).isFalse();
        assertThat(cluster.checkpoints(job, "restored")).isPositive();
        flights.assertComplete();
    }
}
