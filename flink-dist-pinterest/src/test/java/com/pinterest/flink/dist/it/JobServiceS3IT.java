// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The job service with savepoints, checkpoints and fences on an S3 endpoint. Run by ci/s3. */
@Tag("s3")
final class JobServiceS3IT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROWS = 20_000;
    private static final String ROOT = "s3://" + S3Endpoint.BUCKET;

    @Order(1)
    @RegisterExtension
    static final S3Endpoint endpoint = new S3Endpoint();

    @Order(2)
    @RegisterExtension
    static final FlinkCluster cluster =
            FlinkCluster.of(FlinkTree.DISTRIBUTION, 1)
                    .withPlugin("flink-s3-fs-native-*.jar")
                    .with(endpoint::settings)
                    .with("execution.checkpointing.interval", "500 ms")
                    .with("execution.checkpointing.dir", ROOT + "/checkpoints")
                    .with("job-guard.mode", "names")
                    .with("job-guard.directory", ROOT + "/fences");

    private static String jobs(String... arguments) throws Exception {
        return cluster.installation().run("flink-jobs", arguments).succeeded().stdout();
    }

    private static JsonNode json(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of("-o", "json"));
        return JSON.readTree(jobs(all.toArray(new String[0])));
    }

    private static List<String> savepoints() throws Exception {
        List<String> paths = new ArrayList<>();
        for (JsonNode savepoint : json("savepoints", "it/flights").path("items")) {
            paths.add(savepoint.path("path").asText());
        }
        return paths;
    }

    @Test
    void stateIsKeptFoundAndDeleted() throws Exception {
        // given a service over the cluster
        FlinkInstallation installation = cluster.installation();
        String data = cluster.directory("service").toString();
        installation.setEnvironment("FLINK_JOB_SERVICE_DATA", data);
        installation.run("flink-job-service.sh", "start", "--port", "0").succeeded();
        try {
            jobs("cluster", "add", "it", "http://localhost:" + cluster.restPort());
            Flights flights = Flights.in(cluster.directory("flights"), ROWS).holdingAt(ROWS / 2);
            String spec =
                    """
                    apiVersion: flink-job-service/v1
                    kind: FlinkJob
                    metadata: {name: flights, namespace: it}
                    spec:
                      target: {kind: session, cluster: it}
                      job:
                        jarURI: %s
                        entryClass: %s
                        args: ["%s"]
                      stability: {checkpoints: 1}
                      savepoints: {dir: "%s/savepoints", maxCount: 1}
                    """
                            .formatted(
                                    Flights.jar(),
                                    Flights.JOB_CLASS,
                                    String.join("\", \"", flights.arguments(0)),
                                    ROOT);
            String submit =
                    jobs("submit", installation.write("flights.yaml", spec).toString(), "--wait");
            assertThat(submit).contains("can be written: s3:").contains("SUBMIT SUCCEEDED");

            // when
            jobs("savepoint", "it/flights", "--wait");
            List<String> first = savepoints();
            jobs("savepoint", "it/flights", "--wait");

            // then the older savepoint is deleted
            Await.until("the end of the first savepoint", () -> savepoints().size() == 1);
            assertThat(first).hasSize(1).doesNotContainAnyElementsOf(savepoints());

            // when the job is cancelled and started again, it goes on from its newest state
            jobs("cancel", "it/flights", "--wait");
            jobs("submit", "it/flights", "--wait");
            JsonNode run = json("status", "it/flights").path("run");
            assertThat(run.path("restorePath").asText()).startsWith(ROOT + "/");
            assertThat(run.path("epoch").asInt()).isEqualTo(2);
            flights.release();
            cluster.awaitState(run.path("flinkJobId").asText(), "FINISHED");
            flights.assertComplete();

            // then nothing is left of what was deleted
            String deleted = first.get(0).substring(ROOT.length() + 1);
            assertThat(endpoint.endWithObjects(deleted)).isEmpty();
        } finally {
            installation.run("flink-job-service.sh", "stop").succeeded();
        }
    }
}
