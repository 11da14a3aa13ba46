// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.runtime.placement.PlacementOptions;
import com.pinterest.flink.scheduler.explain.LastPlacements;
import com.pinterest.flink.scheduler.explain.PlacementDocument;
import com.pinterest.flink.scheduler.explain.PlacementText;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.annotation.Nullable;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.rest.util.RestMapperUtils;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command asks the REST server of a cluster. */
class PlacementCommandTest {

    private static final Duration HANG = Duration.ofMinutes(2);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final PrintStream realOut = System.out;
    private final PrintStream realErr = System.err;
    private final JobID job = new JobID();

    @TempDir private Path directory;

    @Nullable private MiniCluster cluster;
    private URI address = URI.create("http://localhost:1");

    @AfterEach
    void endCluster() {
        System.setOut(realOut);
        System.setErr(realErr);
        if (cluster != null) {
            cluster.closeAsync().orTimeout(HANG.toSeconds(), TimeUnit.SECONDS).join();
        }
    }

    @Test
    void showsTheDocumentOfAJob() throws Exception {
        ObjectNode root = RestMapperUtils.getStrictObjectMapper().createObjectNode();
        root.put("job-name", "flights").put("job-id", job.toHexString()).put("mode", "auto");
        PlacementDocument document = PlacementDocument.of(root);
        LastPlacements.put(job, document);
        startCluster(PlacementOptions.Mode.AUTO);

        assertThat(run("--json", job.toHexString())).isZero();
        assertThat(printed()).isEqualTo(document.json() + "\n");

        assertThat(run(job.toHexString())).isZero();
        assertThat(printed()).isEqualTo(PlacementText.page(document));
    }

    @Test
    void saysWhatIsWrong() throws Exception {
        startCluster(PlacementOptions.Mode.AUTO);

        assertThat(run(job.toHexString())).isEqualTo(1);
        assertThat(complained()).contains("no placement of", "This JobManager has not placed");

        assertThat(run("no such name")).isEqualTo(2);
        assertThat(complained()).contains("no jobs have the name 'no such name'");

        assertThat(run()).isEqualTo(2);
        assertThat(complained()).contains("one JOB is needed");
    }

    @Test
    void saysThatTheClusterDoesNotPlaceTasks() throws Exception {
        startCluster(PlacementOptions.Mode.UPSTREAM);

        int exitCode = run(job.toHexString());

        assertThat(complained()).contains("runs without scheduler.placement.mode");
        assertThat(exitCode).isEqualTo(1);
    }

    @Test
    void helpNeedsNoCluster() throws Exception {
        assertThat(run("--help")).isZero();
        assertThat(printed()).contains("Usage: flink-placement [OPTIONS] JOB");
    }

    private void startCluster(PlacementOptions.Mode mode) throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(PlacementOptions.MODE, mode);
        configuration.set(RestOptions.BIND_PORT, "0");
        cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(configuration)
                                .setNumTaskManagers(1)
                                .build());
        cluster.start();
        address = cluster.getRestAddress().get();
        awaitLeader();
    }

    /** Until the REST server has found the Dispatcher, it answers most requests with an error. */
    private void awaitLeader() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(address.resolve("/overview")).build();
        long end = System.nanoTime() + HANG.toNanos();
        while (HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode()
                != 200) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("No leader");
            }
            Thread.sleep(50);
        }
    }

    private int run(String... arguments) throws Exception {
        Files.writeString(directory.resolve("config.yaml"), "{}");
        String[] command = new String[arguments.length + 2];
        command[0] = "-m";
        command[1] = address.getHost() + ":" + address.getPort();
        System.arraycopy(arguments, 0, command, 2, arguments.length);
        out.reset();
        err.reset();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        return PlacementCommand.run(directory::toString, command);
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String complained() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
