// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.apache.flink.api.common.JobStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The job service over two JobManagers with the guard, which it reaches by mutual TLS. When the
 * leader dies, the guard lets the standby have the job, and the service starts nothing.
 */
final class JobServiceFailoverIT {

    private static final String JOB = "it/flights";
    private static final int ROWS = 20_000;
    private static final int HELD_AT = 10_000;

    @RegisterExtension
    static final FlinkCluster CLUSTER =
            FlinkCluster.of(FlinkTree.DISTRIBUTION, 1)
                    .highlyAvailable()
                    .guarded()
                    .withTls()
                    .with("execution.checkpointing.interval", "500 ms");

    @Test
    void jobOfALeaderThatDiesIsRecoveredOnceAndByTheGuard() throws Exception {
        // given a job that the service has started
        FlinkInstallation installation = CLUSTER.installation();
        Path data = Files.createDirectories(CLUSTER.directory("service"));
        Path tls = data.resolve("tls.properties");
        Files.writeString(tls, CLUSTER.certificate().propertiesOfJobService());
        Files.setPosixFilePermissions(tls, PosixFilePermissions.fromString("rw-------"));
        int leader = CLUSTER.awaitLeader();
        try (JobService service = JobService.start(installation, data)) {
            register(service);
            Flights flights = Flights.in(CLUSTER.directory("flights"), ROWS).holdingAt(HELD_AT);
            String spec = installation.write("specs/flights.yaml", spec(flights)).toString();
            service.jobs("submit", spec, "--wait").succeeded();
            String run = service.run(JOB).path("flinkJobId").asText();
            CLUSTER.awaitRowsRead(run, HELD_AT);
            CLUSTER.awaitTwoCheckpoints(run);

            // when its leader dies
            List<ProcessHandle> jobManagers = installation.daemons("standalonesession");
            assertThat(jobManagers.get(leader).destroyForcibly()).isTrue();
            CLUSTER.awaitLeadership(1 - leader);
            register(service);

            // then the same run goes on, and no other
            CLUSTER.awaitState(run, "RUNNING");
            service.awaitPhase(JOB, "RUNNING");
            assertThat(service.run(JOB).path("epoch").asInt()).isEqualTo(1);
            assertThat(CLUSTER.jobs(JobStatus.RUNNING)).containsExactly(run);

            // and nobody else has the job, but an upgrade has
            ProcessResult plain = CLUSTER.flink(flights.command(0, "run", "-d"));
            assertThat(plain.exitCode()).as(plain.toString()).isNotZero();
            assertThat(plain.toString()).contains("it is the job " + JOB);
            service.jobs("restart", JOB, "--wait").succeeded();
            assertThat(service.run(JOB).path("epoch").asInt()).isEqualTo(2);
            flights.release();
            service.awaitPhase(JOB, "FINISHED");
            flights.assertComplete();
        }
    }

    /** Tells the service where the JobManager is that requests go to. */
    private static void register(JobService service) throws Exception {
        service.jobs("cluster", "add", "it", "https://localhost:" + CLUSTER.restPort()).succeeded();
    }

    private static String spec(Flights flights) throws Exception {
        String savepoints = "{dir: \"" + CLUSTER.directory("savepoints").toUri() + "\"}";
        return JobService.flights(flights, "{cluster: it}", savepoints, "");
    }
}
