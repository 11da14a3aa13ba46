// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.placement;

import com.pinterest.flink.benchmarks.Measurement;
import com.pinterest.flink.benchmarks.Measurement.Better;
import com.pinterest.flink.benchmarks.job.SessionCluster;
import com.pinterest.flink.benchmarks.job.SessionCluster.TaskManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A measurement of what placement is worth: the records per second of {@link SkewedJob} on
 * TaskManagers in three zones with narrow links between them, and the bytes on these links for each
 * record.
 *
 * <p>Arguments: "vanilla" or "ours", seconds to measure, directory of the tree, our jar. Needs
 * root.
 */
public final class ZonedThroughput {

    private static final List<String> MODES = List.of("NONE", "SLOTS", "TASKS");
    private static final int ZONES = 3;
    private static final int TASK_MANAGERS = 6;
    private static final int SLOTS = 2;
    private static final double CORES = 0.25;
    private static final int MEGABITS = 20;
    private static final int WARM_UP_SECONDS = 25;
    private static final String NAME = "cluster.skewed";

    private ZonedThroughput() {}

    /** Returns the names of all cases. */
    public static List<String> caseNames() {
        List<String> cases = new ArrayList<>();
        for (String mode : MODES) {
            cases.add(NAME + "." + mode);
            cases.add(NAME + ".crosszone." + mode);
        }
        return cases;
    }

    /** Runs the measurement. */
    public static void main(String[] arguments) throws Exception {
        int seconds = Integer.parseInt(arguments[1]);
        Path tree = Path.of(arguments[2]);
        if (arguments[0].equals("vanilla")) {
            for (String mode : MODES) {
                print(run(tree, arguments[3], Map.of(), mode, seconds), List.of(mode));
            }
        } else {
            Map<String, String> placement =
                    Map.of(
                            "scheduler.placement.mode",
                            "auto",
                            "scheduler.placement.costs",
                            SkewedJob.COSTS);
            print(run(tree, arguments[3], placement, "SLOTS", seconds), MODES);
        }
        System.exit(0);
    }

    private record Figures(double recordsPerSecond, double bytesPerRecord) {}

    private static void print(Figures figures, List<String> modes) {
        for (String mode : modes) {
            new Measurement(
                            NAME + "." + mode,
                            "records/s",
                            Better.HIGHER,
                            figures.recordsPerSecond())
                    .print();
            new Measurement(
                            NAME + ".crosszone." + mode,
                            "bytes/record",
                            Better.LOWER,
                            figures.bytesPerRecord())
                    .print();
        }
    }

    private static Figures run(
            Path tree, String jar, Map<String, String> placement, String mode, int seconds)
            throws Exception {
        Map<String, String> options = new HashMap<>(placement);
        options.put("taskmanager.load-balance.mode", mode);
        options.put("jobmanager.bind-host", "0.0.0.0");
        options.put("taskmanager.bind-host", "0.0.0.0");
        options.put("taskmanager.memory.process.size", "900m");
        options.put("taskmanager.memory.managed.size", "64m");
        options.put("jobmanager.memory.process.size", "1g");
        options.put("web.refresh-interval", "500");
        options.put("metrics.fetcher.update-interval", "500");
        try (Zones zones = Zones.make(ZONES, MEGABITS)) {
            options.put("jobmanager.rpc.address", zones.address());
            List<TaskManager> taskManagers = new ArrayList<>();
            for (int k = 0; k < TASK_MANAGERS; k++) {
                int zone = k % ZONES;
                taskManagers.add(
                        new TaskManager(
                                zones.in(zone, "tm" + k, CORES),
                                List.of(
                                        "-Dtaskmanager.host=" + zones.address(zone),
                                        "-Dtaskmanager.locality=zone=" + zone)));
            }
            try (SessionCluster cluster =
                    SessionCluster.start(tree, SLOTS, options, taskManagers)) {
                return measure(cluster, zones, jar, seconds);
            }
        }
    }

    private static Figures measure(SessionCluster cluster, Zones zones, String jar, int seconds)
            throws Exception {
        StreamExecutionEnvironment environment = cluster.environment(jar);
        SkewedJob.define(environment, TASK_MANAGERS * SLOTS);
        JobClient job = environment.executeAsync("skewed");
        String path = "/jobs/" + job.getJobID();
        while (records(cluster, path) == 0) {
            Thread.sleep(500);
        }
        Thread.sleep(WARM_UP_SECONDS * 1000L);
        long records = records(cluster, path);
        long bytes = zones.bytes(ZONES);
        long start = System.nanoTime();
        Thread.sleep(seconds * 1000L);
        records = records(cluster, path) - records;
        bytes = zones.bytes(ZONES) - bytes;
        double elapsed = (System.nanoTime() - start) / 1e9;
        job.cancel().get();
        if (records <= 0) {
            throw new IOException("no record was counted in " + elapsed + " s");
        }
        return new Figures(records / elapsed, (double) bytes / records);
    }

    /** How many records have been scored and counted by their key. */
    private static long records(SessionCluster cluster, String path)
            throws IOException, InterruptedException {
        for (JsonNode vertex : cluster.get(path).path("vertices")) {
            if (vertex.path("name").asText().contains("count")) {
                return vertex.path("metrics").path("read-records").asLong();
            }
        }
        return 0;
    }
}
