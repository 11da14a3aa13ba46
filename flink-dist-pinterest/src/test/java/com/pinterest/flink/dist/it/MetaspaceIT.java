// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.pinterest.flink.connector.service.testkit.RedisServer;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A session cluster keeps no classes of jobs that come and go, with POJOs or calls of services; see
 * ci/metaspace.
 */
@Tag("metaspace")
final class MetaspaceIT {

    private static final FlinkTree TREE =
            FlinkTree.valueOf(System.getProperty("metaspace.tree", FlinkTree.DISTRIBUTION.name()));

    private static final int CYCLES = Integer.getInteger("metaspace.cycles", 1_000);

    /** By then all classes are there that stay. */
    private static final int WARM_UP = 100;

    private static final int CYCLES_PER_ROW = 100;

    /** A job with the clients of services has some thousand classes. */
    private static final int SERVICE_CYCLES = Math.max(30, CYCLES / 10);

    private static final int SERVICE_WARM_UP = 10;
    private static final long ALLOWED_GROWTH = 1_000_000;

    @RegisterExtension
    static final FlinkCluster cluster =
            FlinkCluster.of(TREE, 1)
                    .with("jobmanager.memory.jvm-metaspace.size", "128m")
                    .with("taskmanager.memory.jvm-metaspace.size", "128m")
                    .with("state.backend.type", "hashmap")
                    .with("execution.checkpointing.interval", "50 ms")
                    // For an answer to be at most so many milliseconds old.
                    .with("web.refresh-interval", "20");

    private Jvm jobManager;
    private Jvm taskManager;

    /** What the two processes use after a cycle. */
    private record Row(Jvm.Usage taskManager, Jvm.Usage jobManager) {}

    @Test
    void classesOfJobsGoWithThem() throws Exception {
        assertThat(CYCLES).as("cycles").isGreaterThan(WARM_UP);
        jobManager = Jvm.of(cluster.installation(), "standalonesession");
        taskManager = Jvm.of(cluster.installation(), "taskexecutor");
        String jar = cluster.rest().upload(PojoStateJar.FIRST.in(cluster.directory("jars")));
        Path output = cluster.directory("output");
        Instant start = Instant.now();
        Row afterWarmUp = null;
        Row last = null;
        print("cycle", "seconds", "TM bytes", "classes", "JM bytes", "classes", "codecs");
        for (int cycle = 1; cycle <= CYCLES; cycle++) {
            // when a job has had its POJOs in state and in a checkpoint, and is cancelled
            boolean isMeasured = cycle % CYCLES_PER_ROW == 0 || cycle == CYCLES;
            String job = start(jar, output);
            int codecs = isMeasured ? codecs() : 0;
            cluster.rest().cancel(job);
            cluster.awaitState(job, "CANCELED");
            if (isMeasured) {
                last = new Row(taskManager.usageWithoutGarbage(), jobManager.usageWithoutGarbage());
                print(
                        cycle,
                        Duration.between(start, Instant.now()).toSeconds(),
                        last.taskManager().metaspace(),
                        last.taskManager().classes(),
                        last.jobManager().metaspace(),
                        last.jobManager().classes(),
                        codecs);
            }
            if (cycle == WARM_UP) {
                afterWarmUp = last;
            }
        }

        // then what is in use has not grown
        long growth = growth(afterWarmUp.taskManager(), last.taskManager());
        long growthOfJobManager = growth(afterWarmUp.jobManager(), last.jobManager());
        print("growth", "", growth, "", growthOfJobManager, "", "");
        assertThat(growth).as("growth of the TaskManager").isLessThanOrEqualTo(ALLOWED_GROWTH);
        assertThat(growthOfJobManager)
                .as("growth of the JobManager")
                .isLessThanOrEqualTo(ALLOWED_GROWTH);
    }

    @Test
    void classesAndThreadsOfServiceCallsGoWithTheirJobs() throws Exception {
        assumeThat(TREE).isEqualTo(FlinkTree.DISTRIBUTION);
        taskManager = Jvm.of(cluster.installation(), "taskexecutor");
        HttpServer server = valueServer();
        try (RedisServer redis = RedisServer.isAvailable() ? new RedisServer() : null) {
            List<String> arguments =
                    new ArrayList<>(
                            List.of("http://localhost:" + server.getAddress().getPort() + "/"));
            if (redis == null) {
                System.out.println("Without Redis, which is not installed");
            } else {
                arguments.add(RedisServer.url(redis.address()));
            }
            String jar = cluster.rest().upload(serviceCallsJar());
            Jvm.Usage afterWarmUp = null;
            Jvm.Usage last = null;
            print("cycle", "", "TM bytes", "classes", "", "", "");
            for (int cycle = 1; cycle <= SERVICE_CYCLES; cycle++) {
                String job = cluster.rest().run(jar, arguments, 1, Optional.empty(), Map.of());
                cluster.awaitState(job, "FINISHED");
                if (cycle == SERVICE_WARM_UP || cycle == SERVICE_CYCLES) {
                    last = taskManager.usageWithoutGarbage();
                    print(cycle, "", last.metaspace(), last.classes(), "", "", "");
                }
                if (cycle == SERVICE_WARM_UP) {
                    afterWarmUp = last;
                }
            }
            assertThat(growth(afterWarmUp, last))
                    .as("growth of the TaskManager")
                    .isLessThanOrEqualTo(ALLOWED_GROWTH);
            assertThat(taskManager.threads())
                    .noneMatch(
                            name -> name.matches("(HttpClient|http-service|service|lettuce)-.*"));
        } finally {
            server.stop(0);
        }
    }

    /** A job jar with the clients and what they need. */
    private static Path serviceCallsJar() throws Exception {
        Path directory = cluster.directory("jars");
        Path job =
                new Fixtures(directory)
                        .jar(
                                "calls.jar",
                                Map.of(),
                                List.of(ServiceCallsJob.class),
                                Map.of("Main-Class", ServiceCallsJob.class.getName()),
                                Map.of());
        return FatJar.merge(
                directory.resolve("service-calls.jar"),
                List.of(
                        job,
                        FlinkTree.files(TREE.home().resolve("opt"), "flink-sql-connector-service-*")
                                .get(0)));
    }

    /** A server that returns the keys as values. */
    private static HttpServer valueServer() throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    String keys =
                            new String(
                                    exchange.getRequestBody().readAllBytes(),
                                    StandardCharsets.UTF_8);
                    byte[] values =
                            keys.replaceAll("(\\d+)", "\"$1\"").getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, values.length);
                    exchange.getResponseBody().write(values);
                    exchange.close();
                });
        server.start();
        return server;
    }

    /** Starts a job and waits until a checkpoint holds all of its state. */
    private static String start(String jar, Path output) throws Exception {
        Path written = output.resolve(PojoStateJob.OPERATOR_STATE);
        Files.deleteIfExists(written);
        JobManagerRest rest = cluster.rest();
        String job =
                rest.run(
                        jar,
                        List.of(output.toString(), "0", Integer.toString(2 * PojoStateJob.KEYS)),
                        1,
                        Optional.empty(),
                        Map.of());
        Await.until("the numbers of " + job, () -> Files.exists(written));
        int before = cluster.checkpoints(job, "completed");
        // One may have been under way.
        Await.until(
                "a checkpoint of " + job,
                () -> cluster.checkpoints(job, "completed") >= before + 2);
        return job;
    }

    /** How many codecs the TaskManager has while a job runs, which is the job that is tested. */
    private int codecs() throws Exception {
        List<String> codecs = taskManager.pojosWithCodec();
        if (TREE == FlinkTree.DISTRIBUTION) {
            assertThat(codecs).contains(PojoStateJob.CUSTOMER, PojoStateJob.ORDER);
        } else {
            assertThat(codecs).isEmpty();
        }
        return codecs.size();
    }

    private static long growth(Jvm.Usage before, Jvm.Usage after) {
        return after.metaspace() - before.metaspace();
    }

    private static void print(Object... cells) {
        System.out.printf("| %6s | %7s | %11s | %7s | %11s | %7s | %6s |%n", cells);
    }
}
