// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two JobManagers, of which the ZooKeeper of the distribution makes one the leader: when it dies,
 * its job goes on at the other from the last checkpoint, and no row shows it.
 */
final class HighAvailabilityIT {

    @RegisterExtension
    static final FlinkCluster cluster =
            FlinkCluster.of(FlinkTree.DISTRIBUTION, 1)
                    .highlyAvailable()
                    // This long after its death the leader is replaced, and for less long it may
                    // be silent and yet stay it. ZooKeeper's longest.
                    .with("high-availability.zookeeper.client.session-timeout", "40 s")
                    .with(
                            "high-availability.zookeeper.client.tolerate-suspended-connections",
                            "true")
                    .with("execution.checkpointing.interval", "1 s");

    @Test
    void killedLeaderCostsNoRowAndAFinishedJobLeavesNoData() throws Exception {
        // given a leader and a standby that knows it
        FlinkInstallation installation = cluster.installation();
        List<ProcessHandle> jobManagers = installation.daemons("standalonesession");
        assertThat(jobManagers).hasSize(2);
        int leader = cluster.awaitLeader();
        int standby = 1 - leader;
        cluster.turnTo(cluster.restPorts().get(standby));
        Await.until("a standby that knows the leader", () -> cluster.taskManagers() == 1);
        assertThat(cluster.leads(standby)).isFalse();
        cluster.turnTo(cluster.restPorts().get(leader));

        // and a job in its middle, with checkpoints, submitted to the leader that ZooKeeper names,
        // which does not end before it is let to
        Flights flights = Flights.in(cluster.directory("flights"), 40_000).holdingAt(30_000);
        String job = cluster.submit(flights.command(2_500, "run", "-d", "-p", "2"));
        cluster.awaitRowsRead(job, 5_000);
        cluster.awaitTwoCheckpoints(job);
        assertThat(cluster.state(job)).isEqualTo("RUNNING");
        assertThat(storedFiles()).anyMatch(file -> file.contains("completedCheckpoint"));

        // when the leader dies without a chance to clean up
        assertThat(jobManagers.get(leader).destroyForcibly()).isTrue();

        // then the standby takes over and brings the job to its end
        cluster.awaitLeadership(standby);
        flights.release();
        cluster.awaitState(job, "FINISHED");
        assertThat(installation.isRunning(jobManagers.get(leader))).isFalse();
        assertThat(cluster.checkpoints(job, "restored")).isPositive();
        flights.assertComplete();

        // and what was stored for the case of another death is not needed any more
        Await.until("an empty storage directory", () -> storedFiles().isEmpty());

        // when all is stopped, then nothing is left
        installation.run("stop-cluster.sh").succeeded();
        installation.run("zookeeper.sh", "stop", "1").succeeded();
        installation.awaitNoProcess();
        assertThat(installation.hasPidFiles()).isFalse();
    }

    private static List<String> storedFiles() throws IOException {
        try (Stream<Path> files = Files.walk(cluster.data("ha"))) {
            return files.filter(Files::isRegularFile).map(Path::toString).sorted().toList();
        }
    }
}
