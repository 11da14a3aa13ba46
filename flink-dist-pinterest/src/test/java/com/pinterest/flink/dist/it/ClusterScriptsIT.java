// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The scripts that start and stop the processes of a cluster. */
final class ClusterScriptsIT {

    @RegisterExtension
    static final FlinkCluster cluster = FlinkCluster.of(FlinkTree.DISTRIBUTION, 2);

    @Test
    void clusterGrowsShrinksAndStopsWithoutLeavingAProcess() throws Exception {
        // given a JobManager and two TaskManagers
        FlinkInstallation installation = cluster.installation();
        assertThat(installation.processes()).hasSize(3);

        // when a TaskManager is added, then
        ProcessResult start = installation.run("taskmanager.sh", "start").succeeded();
        assertThat(start.stdout())
                .contains("[INFO] 2 taskexecutor already running", "Starting taskexecutor daemon");
        Await.until("three TaskManagers", () -> cluster.taskManagers() == 3);

        // when it is stopped again, then the JobManager knows at once
        ProcessHandle added = installation.daemon("taskexecutor");
        installation.run("taskmanager.sh", "stop").succeeded();
        Await.until("the end of the TaskManager", () -> !installation.isRunning(added));
        Await.until("two TaskManagers", () -> cluster.taskManagers() == 2);

        // when all is stopped, then nothing is left
        assertThat(installation.processes()).hasSize(3);
        ProcessResult stop = installation.run("stop-cluster.sh").succeeded();
        assertThat(stop.stdout())
                .contains("Stopping taskexecutor daemon", "Stopping standalonesession daemon");
        installation.awaitNoProcess();
        assertThat(installation.hasPidFiles()).isFalse();
        assertThat(installation.log("standalonesession"))
                .contains("RECEIVED SIGNAL 15: SIGTERM")
                .doesNotContain(" ERROR ");
        assertThat(installation.log("taskexecutor"))
                .contains("RECEIVED SIGNAL 15: SIGTERM")
                .doesNotContain(" ERROR ");
    }
}
