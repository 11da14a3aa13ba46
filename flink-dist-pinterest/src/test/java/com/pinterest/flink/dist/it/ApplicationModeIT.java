// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** standalone-job.sh: a JobManager that runs one job and ends with it. */
final class ApplicationModeIT {

    private FlinkInstallation installation;

    @BeforeEach
    void prepare() throws Exception {
        installation = FlinkInstallation.of(FlinkTree.DISTRIBUTION);
        Map<String, String> settings = ClusterSettings.in(installation.directory("data"));
        installation.configure(settings);
    }

    @AfterEach
    void noProcessIsLeft() throws Exception {
        installation.close();
        assertThat(installation.processes()).isEmpty();
    }

    @Test
    void jarFromTheCommandLineRunsToItsEnd() throws Exception {
        // given
        Flights flights = Flights.in(installation.directory("flights"), 5_000);

        // when
        RunningProcess jobManager = startJob(flights, "--jars", Flights.jar());
        installation.run("taskmanager.sh", "start").succeeded();
        ProcessResult result = jobManager.await(Await.PATIENCE);

        // then
        assertThat(result.exitCode()).as(result.toString()).isZero();
        assertThat(result.stdout()).contains("switched from state RUNNING to FINISHED");
        flights.assertComplete();
    }

    @Test
    void jarInUsrlibRunsToItsEnd() throws Exception {
        // given an installation with a usrlib directory beside lib
        Path home = installation.directory("home");
        Files.createSymbolicLink(home.resolve("lib"), FlinkTree.DISTRIBUTION.lib());
        Path usrlib = Files.createDirectory(home.resolve("usrlib"));
        Files.createSymbolicLink(usrlib.resolve("job.jar"), Path.of(Flights.jar()));
        installation.setEnvironment("FLINK_LIB_DIR", home.resolve("lib").toString());
        Flights flights = Flights.in(installation.directory("flights"), 5_000);

        // when
        RunningProcess jobManager = startJob(flights);
        installation.run("taskmanager.sh", "start").succeeded();
        ProcessResult result = jobManager.await(Await.PATIENCE);

        // then
        assertThat(result.exitCode()).as(result.toString()).isZero();
        flights.assertComplete();
    }

    @Test
    void unknownJobClassFailsAndIsNamed() throws Exception {
        ProcessResult result =
                installation.run(
                        "standalone-job.sh",
                        "start-foreground",
                        "--job-classname",
                        "com.example.NoSuchJob",
                        "--jars",
                        Flights.jar());

        assertThat(result.exitCode()).isNotZero();
        assertThat(result.output()).contains("com.example.NoSuchJob");
    }

    private RunningProcess startJob(Flights flights, String... options) throws Exception {
        List<String> arguments = new ArrayList<>();
        arguments.add("start-foreground");
        arguments.addAll(List.of(options));
        arguments.addAll(List.of("--job-classname", Flights.JOB_CLASS));
        arguments.addAll(flights.arguments(0));
        return installation.start("standalone-job.sh", arguments.toArray(new String[0]));
    }
}
