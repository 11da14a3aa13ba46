// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The job service over YARN, in application mode, with state and fences on HDFS. Run by ci/yarn.
 */
@Tag("yarn")
final class JobServiceYarnIT {

    private static final int ROWS = 20_000;
    private static final String JOB = "it/flights";
    private static final String GUARD =
            """
              flinkConfiguration:
                job-guard.mode: names
                job-guard.directory: %s/fences
            """
                    .formatted(YarnCluster.HDFS);

    @RegisterExtension static final YarnCluster yarn = new YarnCluster();

    private static String flights(Flights flights, String more) throws Exception {
        String spec =
                JobService.flights(
                        flights,
                        "{kind: yarn-application, cluster: yarn, queue: default}",
                        "{dir: \"" + YarnCluster.HDFS + "/savepoints\"}",
                        GUARD + more);
        return yarn.installation().write("flights.yaml", spec).toString();
    }

    @Test
    void applicationsAreStartedUpgradedAndStopped() throws Exception {
        try (JobService service =
                JobService.start(yarn.installation(), yarn.directory("service"))) {
            // given a job whose start the service does not live to see
            service.jobs("cluster", "add", "yarn", "--yarn").succeeded();
            Flights flights = Flights.in(yarn.directory("flights"), ROWS).holdingAt(ROWS / 2);
            String submit = service.json("submit", flights(flights, "")).path("id").asText();
            service.kill();
            service.startAgain();
            service.jobs("wait", submit).succeeded();
            service.awaitPhase(JOB, "RUNNING");
            assertThat(yarn.runningApplications()).hasSize(1);

            // when it is upgraded
            List<String> before = yarn.runningApplications();
            ProcessResult upgrade =
                    service.jobs(
                            "upgrade", flights(flights, "    pipeline.name: again\n"), "--wait");

            // then it goes on in another application from the savepoint of the old one
            assertThat(upgrade.succeeded().stdout()).contains("UPGRADE SUCCEEDED");
            assertThat(yarn.runningApplications()).hasSize(1).doesNotContainAnyElementsOf(before);
            JsonNode run = service.run(JOB);
            assertThat(run.path("restorePath").asText()).startsWith("hdfs:");

            // when it gets a revision that cannot run
            ProcessResult bad =
                    service.jobs(
                            "upgrade",
                            flights(flights, "    state.backend.type: no.such.Backend\n"),
                            "--wait");

            // then it goes back
            assertThat(bad.exitCode()).as(bad.toString()).isEqualTo(6);
            assertThat(bad.stdout()).contains("UPGRADE ROLLED_BACK");
            assertThat(yarn.runningApplications()).hasSize(1);

            // when it is stopped, and started again to its end
            service.jobs("stop", JOB, "--wait").succeeded();
            assertThat(yarn.runningApplications()).isEmpty();
            assertThat(service.json("status", JOB).path("phase").asText()).isEqualTo("SUSPENDED");
            service.jobs("submit", flights(flights, ""), "--wait").succeeded();
            flights.release();
            service.awaitPhase(JOB, "FINISHED");
            flights.assertComplete();
        }
    }
}
