// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A job stopped with a savepoint on the official release goes on here, and the other way round, and
 * in the end no row is lost, wrong or there twice.
 */
final class SavepointCompatibilityIT {

    private static final int HOLD_AT = 6_000;

    @RegisterExtension static final FlinkCluster ours = FlinkCluster.of(FlinkTree.DISTRIBUTION, 1);

    @RegisterExtension static final FlinkCluster twin = FlinkCluster.of(FlinkTree.TWIN, 1);

    @Test
    void clustersAreOfDifferentVersions() throws Exception {
        assertThat(ours.get("/overview").get("flink-version").asText())
                .isEqualTo(FlinkTree.VERSION);
        assertThat(twin.get("/overview").get("flink-version").asText())
                .isEqualTo(FlinkTree.UPSTREAM_VERSION);
    }

    @Test
    void rocksDbSavepointOfTheOfficialReleaseResumesHere() throws Exception {
        moveAcross(twin, ours, "rocksdb", "canonical");
    }

    @Test
    void rocksDbSavepointFromHereResumesOnTheOfficialRelease() throws Exception {
        moveAcross(ours, twin, "rocksdb", "canonical");
    }

    @Test
    void rocksDbSavepointInNativeFormatPassesBothWays() throws Exception {
        moveAcross(twin, ours, "rocksdb", "native");
        moveAcross(ours, twin, "rocksdb", "native");
    }

    @Test
    void heapSavepointPassesBothWays() throws Exception {
        moveAcross(twin, ours, "hashmap", "canonical");
        moveAcross(ours, twin, "hashmap", "canonical");
    }

    private static void moveAcross(
            FlinkCluster from, FlinkCluster to, String backend, String format)
            throws IOException, InterruptedException {
        // given a job in its middle: windows have fired, others are open
        String name = backend + "-" + format + "-" + (from == twin ? "here" : "back");
        Flights flights = Flights.in(ours.directory(name), 20_000);
        String state = "-Dstate.backend.type=" + backend;
        String job =
                from.submit(flights.holdingAt(HOLD_AT).command(0, "run", "-d", "-p", "2", state));
        from.awaitRowsRead(job, HOLD_AT);

        // when it is stopped on one cluster and resumed on the other
        String savepoints = ours.directory("savepoints").toString();
        from.flink("stop", "--type", format, "--savepointPath", savepoints, job).succeeded();
        long rowsBefore = flights.rowsWritten();
        JsonNode savepoint =
                from.get("/jobs/" + job + "/checkpoints").get("latest").get("savepoint");
        Path path = Path.of(java.net.URI.create(savepoint.get("external_path").asText()));
        String resumed =
                FlinkCluster.submittedJob(
                        to.flink(flights.command(0, "run", "-s", path.toString(), "-p", "2", state))
                                .succeeded());

        // then
        assertThat(from.state(job)).isEqualTo("FINISHED");
        assertThat(from.rowsRead(job)).isEqualTo(HOLD_AT);
        assertThat(to.rowsRead(resumed)).isEqualTo(flights.rows() - HOLD_AT);
        assertThat(savepoint.get("state_size").asLong()).isPositive();
        assertThat(to.checkpoints(resumed, "restored")).isEqualTo(1);
        assertThat(rowsBefore).isPositive().isLessThan(flights.rowsWritten());
        flights.assertComplete();
    }
}
