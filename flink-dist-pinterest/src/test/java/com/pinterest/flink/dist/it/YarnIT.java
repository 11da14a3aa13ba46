// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The distribution on YARN and HDFS, as session and in application mode. Run by ci/yarn. */
@Tag("yarn")
final class YarnIT {

    @RegisterExtension static final YarnCluster yarn = new YarnCluster();

    @Test
    void sessionRunsAJobAndIsStopped() throws Exception {
        // given a session
        FlinkInstallation installation = yarn.installation();
        Flights flights = Flights.in(yarn.directory("session"), 10_000);
        var session =
                YarnCluster.foundBy(
                        installation.run("yarn-session.sh", "-d", "-nm", "flights").succeeded());
        assertThat(yarn.runningApplications()).containsExactly(session.id());

        // when a client that is told of no cluster runs a job, and the session is stopped
        ProcessResult client =
                installation.run("flink", flights.command(0, "run", "-p", "2")).succeeded();
        String job = FlinkCluster.submittedJob(client);
        assertThat(session.rest().state(job)).isEqualTo("FINISHED");
        ProcessResult stop =
                installation.runWithInput("stop\n", "yarn-session.sh", "-id", session.id());

        // then
        stop.succeeded();
        yarn.awaitFinished(session, "SUCCEEDED");
        flights.assertComplete();
    }

    @Test
    void killedTaskManagerOfAnApplicationCostsNoRow() throws Exception {
        // given an application in its middle, with checkpoints on HDFS, which does not end before
        // it is let to
        Flights flights = onHdfs("recovery", 60_000).holdingAt(40_000);
        var application =
                yarn.application(
                        flights.command(
                                2_500,
                                "run",
                                "-t",
                                "yarn-application",
                                "-Dscheduler.placement.mode=auto",
                                "-p",
                                "2"));
        String job = YarnCluster.jobOf(application);
        application.rest().awaitRowsRead(job, 5_000);
        application.rest().awaitTwoCheckpoints(job);
        yarn.hdfs("-test", "-d", YarnCluster.HDFS + "/checkpoints/" + job);
        assertThat(application.rest().state(job)).isEqualTo("RUNNING");

        // and placed, with the rack that YARN knows
        JsonNode placement = application.rest().get("/jobs/" + job + "/placement");
        assertThat(placement.get("task-managers").findValuesAsText("rack"))
                .containsExactly("/rack1");

        // when its only TaskManager dies without a chance to clean up
        List<ProcessHandle> taskManagers = yarn.taskManagers();
        assertThat(taskManagers).hasSize(1);
        assertThat(taskManagers.get(0).destroyForcibly()).isTrue();

        // then YARN gives another container, and the job goes on to its end
        Await.until(
                "another TaskManager",
                () -> !yarn.taskManagers().isEmpty() && !yarn.taskManagers().equals(taskManagers));
        flights.release();
        yarn.awaitFinished(application, "SUCCEEDED");
        assertThat(restored(job)).isPositive();
        assertComplete("recovery", flights);
    }

    @Test
    void applicationStoppedWithASavepointGoesOnInAnother() throws Exception {
        // given an application that holds in its middle
        Flights flights = onHdfs("savepoint", 20_000);
        var first =
                yarn.application(
                        flights.holdingAt(6_000)
                                .command(0, "run", "-t", "yarn-application", "-p", "2"));
        String firstJob = YarnCluster.jobOf(first);
        first.rest().awaitRowsRead(firstJob, 6_000);

        // when it is stopped with a savepoint on HDFS, and another one starts from there
        ProcessResult stop =
                yarn.installation()
                        .run(
                                "flink",
                                first.addressedBy(
                                        "stop",
                                        "--savepointPath",
                                        YarnCluster.HDFS + "/savepoints",
                                        firstJob))
                        .succeeded();
        String savepoint = savepoint(stop);
        yarn.awaitFinished(first, "SUCCEEDED");
        Set<String> jobsBefore = yarn.archivedJobs();
        var second =
                yarn.application(
                        flights.command(
                                0, "run", "-t", "yarn-application", "-s", savepoint, "-p", "2"));
        yarn.awaitFinished(second, "SUCCEEDED");

        // then
        assertThat(second.id()).isNotEqualTo(first.id());
        yarn.hdfs("-test", "-e", savepoint + "/_metadata");
        assertThat(JobManagerRest.rowsRead(yarn.archived(firstJob, ""))).isEqualTo(6_000);
        Set<String> jobs = yarn.archivedJobs();
        jobs.removeAll(jobsBefore);
        assertThat(jobs).singleElement().satisfies(job -> assertThat(restored(job)).isEqualTo(1));
        assertComplete("savepoint", flights);
    }

    @Test
    void applicationsArchiveATopicOnHdfsAndReplayIt() throws Exception {
        try (KafkaProcess kafka = KafkaProcess.in(yarn.directory("kafka"))) {
            // given rows that an application has archived, and that Kafka has forgotten
            Path jar = LogJob.fatJar(yarn.directory("job").resolve("job.jar"));
            Flights flights = onHdfs("log", 5_000);
            String archive = YarnCluster.HDFS + "/log";
            // Otherwise the connector would be loaded parent-first, and Kafka's clients
            // child-first.
            String childFirst = "-Dyarn.classpath.include-user-jar=DISABLED";
            kafka.topic(jar, "create", "flights");
            kafka.topic(jar, "produce", "flights", flights.input(), 1, 3_000);
            var archiver =
                    YarnCluster.foundBy(
                            kafka.archive(
                                    yarn.installation(),
                                    "flights",
                                    archive,
                                    "-t",
                                    "yarn-application",
                                    childFirst));
            yarn.awaitFinished(archiver, "SUCCEEDED");
            kafka.checkArchive(yarn.installation(), archive);
            kafka.topic(jar, "forget", "flights");
            kafka.topic(jar, "produce", "flights", flights.input(), 3_001, 5_000);

            // when
            String[] command =
                    LogJob.command(
                            jar,
                            flights,
                            kafka.brokers(),
                            "flights",
                            archive,
                            "-t",
                            "yarn-application",
                            childFirst);
            var application = yarn.application(LogJob.with(command, "--end", "latest"));

            // then
            yarn.awaitFinished(application, "SUCCEEDED");
            assertComplete("log", flights);
        }
    }

    @Test
    void clientsNameAResourceManagerThatDoesNotAnswer() throws Exception {
        // given a client that is configured for another resource manager, and not patient
        int port = Ports.free();
        try (FlinkInstallation client = FlinkInstallation.of(FlinkTree.DISTRIBUTION)) {
            Path site =
                    client.write(
                            "hadoop-conf/yarn-site.xml",
                            """
                            <configuration>
                              <property>
                                <name>yarn.resourcemanager.address</name>
                                <value>localhost:%d</value>
                              </property>
                              <property>
                                <name>yarn.resourcemanager.connect.max-wait.ms</name>
                                <value>1000</value>
                              </property>
                              <property>
                                <name>yarn.resourcemanager.connect.retry-interval.ms</name>
                                <value>500</value>
                              </property>
                              <property>
                                <name>ipc.client.connect.max.retries</name>
                                <value>1</value>
                              </property>
                            </configuration>
                            """
                                    .formatted(port));
            YarnCluster.setHadoopEnvironment(client, site.getParent());

            // when
            ProcessResult session = client.run("yarn-session.sh", "-d");
            ProcessResult application =
                    client.run("flink", "run", "-t", "yarn-application", Flights.jar());

            // then
            for (ProcessResult failed : List.of(session, application)) {
                assertThat(failed.exitCode()).as(failed.toString()).isEqualTo(1);
                assertThat(failed.output())
                        .contains("Retrying connect to server: localhost/127.0.0.1:" + port)
                        .contains("to localhost:" + port + " failed on connection exception");
            }
            assertThat(session.stderr()).doesNotContain("HADOOP_CLASSPATH");
        }
    }

    /** A run whose output is in HDFS. */
    private static Flights onHdfs(String name, int rows) throws IOException {
        return Flights.in(yarn.directory(name), rows).withOutputIn(output(name));
    }

    private static void assertComplete(String name, Flights flights) throws Exception {
        yarn.hdfs("-get", output(name) + "/*", yarn.directory(name).toString());
        flights.assertComplete();
    }

    private static String output(String name) {
        return YarnCluster.HDFS + "/output/" + name;
    }

    private static int restored(String job) throws IOException {
        return yarn.archived(job, "/checkpoints").get("counts").get("restored").asInt();
    }

    private static String savepoint(ProcessResult stop) {
        Matcher matcher =
                Pattern.compile("Savepoint completed\\. Path: (hdfs:\\S+)").matcher(stop.stdout());
        assertThat(matcher.find()).as("savepoint in: %s", stop).isTrue();
        return matcher.group(1);
    }
}
