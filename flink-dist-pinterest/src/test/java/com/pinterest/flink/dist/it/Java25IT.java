// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Scripts, client, cluster and SQL client on Java 25, with the options of the shipped config.yaml.
 * Skipped on a machine without a JDK 25; {@link Jdk} tells where it is looked for.
 */
final class Java25IT {

    private static final int VERSION = 25;

    /** At this rate the job here runs for minutes, unless it is stopped. */
    private static final int SLOW = 300;

    /** Of a restricted method, or of a terminally deprecated one. */
    private static final String JVM_WARNING = "WARNING: A ";

    private static final Pattern SAVEPOINT = Pattern.compile("Savepoint completed. Path: (\\S+)");

    private static final FlinkCluster cluster = FlinkCluster.of(FlinkTree.DISTRIBUTION, 1);

    @BeforeAll
    static void start() throws Exception {
        Optional<Path> jdk = Jdk.find(VERSION);
        assumeTrue(
                jdk.isPresent(),
                "No JDK "
                        + VERSION
                        + " in /usr/lib/jvm, and "
                        + Jdk.variable(VERSION)
                        + " is not set: nothing was run on it");
        cluster.startOnJava(jdk.get());
    }

    @AfterAll
    static void close() throws Exception {
        if (cluster.installation() != null) {
            cluster.close();
        }
    }

    @Test
    void jobMovesFromRocksDbToTheHeapBySavepoint() throws Exception {
        // given a job with checkpoints
        Flights flights = Flights.in(cluster.directory("flights"), 60_000);
        String job =
                cluster.submit(
                        flights.command(
                                SLOW,
                                "run",
                                "-d",
                                "-p",
                                "2",
                                "-Dexecution.checkpointing.interval=500 ms"));
        cluster.awaitTwoCheckpoints(job);
        cluster.awaitRowsRead(job, 1);

        // then its POJOs are serialized by generated code
        assertThat(Jvm.of(cluster.installation(), "taskexecutor").pojosWithCodec()).isNotEmpty();

        // when it is stopped and goes on with another state backend
        ProcessResult stop =
                cluster.flink(
                                "stop",
                                "--savepointPath",
                                cluster.directory("savepoints").toString(),
                                job)
                        .succeeded();
        Matcher savepoint = SAVEPOINT.matcher(stop.stdout());
        assertThat(savepoint.find()).as(stop.toString()).isTrue();
        JobManagerRest rest = cluster.rest();
        String resumed =
                rest.run(
                        rest.upload(Path.of(Flights.jar())),
                        flights.arguments(0),
                        1,
                        Optional.of(savepoint.group(1)),
                        Map.of("state.backend.type", "hashmap"));
        cluster.awaitState(resumed, "FINISHED");

        // then
        assertThat(cluster.checkpoints(resumed, "restored")).isEqualTo(1);
        flights.assertComplete();

        // then no process has told of what a later Java will refuse
        assertThat(stop.stderr()).doesNotContain(JVM_WARNING);
        assertThat(cluster.installation().log("standalonesession"))
                .contains("JVM: ", "/" + VERSION)
                .contains(
                        ": rate-limited-source, serialization, bulk-strings, mini-batch, placement.")
                .doesNotContain(JVM_WARNING);
        assertThat(cluster.installation().log("taskexecutor")).doesNotContain(JVM_WARNING);
    }

    @Test
    void jobWithTypesThatFallToKryoRuns() throws Exception {
        Path jar =
                new Fixtures(cluster.directory("jars"))
                        .jar(
                                "orders.jar",
                                "",
                                List.of(),
                                List.of(
                                        OrdersJob.class,
                                        OrdersJob.Order.class,
                                        OrdersJob.ToOrder.class,
                                        OrdersJob.Delays.class,
                                        OrdersJob.DelayTag.class),
                                Map.of("Main-Class", OrdersJob.class.getName()),
                                Map.of());

        JobManagerRest rest = cluster.rest();
        String job = rest.run(rest.upload(jar), List.of(), 1, Optional.empty(), Map.of());

        cluster.awaitState(job, "FINISHED");
        assertThat(cluster.installation().log("standalonesession"))
                .contains("4 types of job 'orders' go through Kryo: ");
    }

    @Test
    void sqlClientAggregatesWithMiniBatch() throws Exception {
        ProcessResult client = SqlAggregation.run(cluster.installation());

        assertThat(client.stderr()).doesNotContain(JVM_WARNING);
    }
}
