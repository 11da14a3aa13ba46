// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** pinterest.features: which features are active is what was asked for, and can be seen. */
final class FeaturesIT {

    private static final String ALL =
            "rate-limited-source, serialization, bulk-strings, mini-batch, placement";
    private static final String REFUSAL =
            "pinterest.features must be 'all', 'none', or a list of [" + ALL + "], but 'some'";

    @RegisterExtension static final FlinkCluster on = FlinkCluster.of(FlinkTree.DISTRIBUTION, 1);

    @RegisterExtension
    static final FlinkCluster off =
            FlinkCluster.of(FlinkTree.DISTRIBUTION, 1).with("pinterest.features", "none");

    @Test
    void allAreActiveUnlessOneSaysOtherwise() throws Exception {
        assertActive(on, ALL, 1, "Configured by the cluster: [all].");
    }

    @Test
    void noneIsActiveInAClusterWithNone() throws Exception {
        assertActive(off, "none", 0, "Configured by the cluster: [none].");
    }

    private static void assertActive(
            FlinkCluster cluster, String expected, int gauge, String reason) throws Exception {
        // when a job runs
        Flights flights = Flights.in(cluster.directory("flights"), 100).holdingAt(50);
        String job = cluster.submit(flights.command(0, "run", "-d", "-p", "1"));
        cluster.awaitState(job, "RUNNING");

        // then it says what is active on the job's page
        JsonNode page = cluster.get("/jobs/" + job + "/config").get("execution-config");
        assertThat(page.get("user-config").get("pinterest.features").asText()).isEqualTo(expected);

        // and on the cluster's
        List<String> row = new ArrayList<>();
        cluster.get("/jobmanager/config")
                .forEach(
                        entry -> {
                            if (entry.get("key").asText().equals("pinterest.features.active")) {
                                row.add(entry.get("value").asText());
                            }
                        });
        assertThat(row).containsExactly(expected);

        // and in metrics
        String metric = "pinterest.feature.serialization.active";
        String names = "/jobs/" + job + "/metrics?get=" + metric + ",pinterest.features";
        Await.until("the metrics of " + job, () -> cluster.get(names).size() == 2);
        for (JsonNode value : cluster.get(names)) {
            assertThat(value.get("value").asText())
                    .isEqualTo(
                            value.get("id").asText().equals(metric)
                                    ? Integer.toString(gauge)
                                    : expected);
        }

        // and in the log
        assertThat(cluster.installation().log("standalonesession"))
                .contains("Features of this distribution for job ")
                .contains("(" + job + "): " + expected + ". " + reason);
        cluster.flink("cancel", job).succeeded();
        cluster.awaitState(job, "CANCELED");
    }

    @Test
    void jobWithAValueThatMakesNoSenseFailsWithTheReason() throws Exception {
        Flights flights = Flights.in(on.directory("flights"), 1_000);

        ProcessResult run =
                on.flink(flights.command(0, "run", "-Dpinterest.features=some", "-p", "1"));

        assertThat(run.exitCode()).isNotZero();
        assertThat(run.output()).contains(REFUSAL);
    }

    @Test
    void jobManagerWithAValueThatMakesNoSenseDoesNotStart() throws Exception {
        ProcessResult start =
                on.installation()
                        .run(
                                "jobmanager.sh",
                                "start-foreground",
                                "-Dpinterest.features=some",
                                "-Drest.port=" + Ports.free(),
                                "-Djobmanager.rpc.port=" + Ports.free(),
                                "-Dblob.server.port=" + Ports.free());

        assertThat(start.exitCode()).isNotZero();
        assertThat(start.output()).contains(REFUSAL);
    }
}
