// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The job service with savepoints, checkpoints and fences on an S3 endpoint. Run by ci/s3. */
@Tag("s3")
final class JobServiceS3IT {

    private static final int ROWS = 20_000;
    private static final String ROOT = "s3://" + S3Endpoint.BUCKET;

    @Order(1)
    @RegisterExtension
    static final S3Endpoint endpoint = new S3Endpoint();

    @Order(2)
    @RegisterExtension
    static final FlinkCluster cluster =
            endpoint.cluster(1)
                    .with("execution.checkpointing.interval", "500 ms")
                    .with("execution.checkpointing.dir", ROOT + "/checkpoints")
                    .with("job-guard.mode", "names")
                    .with("job-guard.directory", ROOT + "/fences");

    @Test
    void stateIsKeptFoundAndDeleted() throws Exception {
        FlinkInstallation installation = cluster.installation();
        try (JobService service = JobService.start(installation, cluster.directory("service"))) {
            // given a running job
            String address = "http://localhost:" + cluster.restPort();
            service.jobs("cluster", "add", "it", address).succeeded();
            Flights flights = Flights.in(cluster.directory("flights"), ROWS).holdingAt(ROWS / 2);
            String spec =
                    JobService.flights(
                            flights,
                            "{cluster: it}",
                            "{dir: \"" + ROOT + "/savepoints\", maxCount: 1}",
                            "");
            String file = installation.write("flights.yaml", spec).toString();
            assertThat(service.jobs("submit", file, "--wait").succeeded().stdout())
                    .contains("SUBMIT SUCCEEDED");

            // when there are two savepoints
            service.jobs("savepoint", "it/flights", "--wait").succeeded();
            List<String> first = service.savepoints("it/flights");
            service.jobs("savepoint", "it/flights", "--wait").succeeded();

            // then the older one is deleted
            Await.until(
                    "the end of the first savepoint",
                    () -> service.savepoints("it/flights").size() == 1);
            assertThat(first)
                    .hasSize(1)
                    .doesNotContainAnyElementsOf(service.savepoints("it/flights"));

            // when the job is cancelled and started again
            service.jobs("cancel", "it/flights", "--wait").succeeded();
            service.jobs("submit", "it/flights", "--wait").succeeded();

            // then it goes on from its newest state
            JsonNode run = service.run("it/flights");
            assertThat(run.path("restorePath").asText()).startsWith(ROOT + "/");
            assertThat(run.path("epoch").asInt()).isEqualTo(2);
            flights.release();
            cluster.awaitState(run.path("flinkJobId").asText(), "FINISHED");
            flights.assertComplete();
            String deleted = first.get(0).substring(ROOT.length() + 1);
            assertThat(endpoint.endWithObjects(deleted)).isEmpty();
        }
    }
}
