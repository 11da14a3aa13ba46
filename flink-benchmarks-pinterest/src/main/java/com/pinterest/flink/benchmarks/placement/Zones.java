// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.placement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Zones on one machine: a network namespace for each, links between them whose bandwidth is
 * limited, and a limit of CPU for each process. Needs root, {@code ip}, {@code tc}, and the CPU
 * controller of cgroups. {@link #close} takes everything back, and so does the end of this process.
 */
final class Zones implements AutoCloseable {

    private static final Path CPU = Path.of("/sys/fs/cgroup/cpu");
    private static final int PERIOD_MICROSECONDS = 100_000;
    private static final String BRIDGE = "flinkzones";
    private static final String NETWORK = "10.213.77.";

    private final Deque<List<String>> undo = new ArrayDeque<>();
    private final List<Path> groups = new ArrayList<>();
    private final Thread atShutdown = new Thread(this::undo);

    private Zones() {}

    /**
     * Makes zones.
     *
     * @param count up to 26
     * @param megabits a second that can leave each zone
     * @throws IOException if that is not possible; the message names the command that failed
     */
    static Zones make(int count, int megabits) throws IOException, InterruptedException {
        Zones zones = new Zones();
        Runtime.getRuntime().addShutdownHook(zones.atShutdown);
        try {
            zones.run("ip link add " + BRIDGE + " type bridge", "ip link delete " + BRIDGE);
            zones.run("ip addr add " + zones.address() + "/24 dev " + BRIDGE, null);
            zones.run("ip link set " + BRIDGE + " up", null);
            for (int zone = 0; zone < count; zone++) {
                zones.makeZone(zone, megabits);
            }
        } catch (IOException | InterruptedException e) {
            zones.close();
            throw e;
        }
        return zones;
    }

    private void makeZone(int zone, int megabits) throws IOException, InterruptedException {
        String namespace = namespace(zone);
        String outside = outside(zone);
        String inside = outside + "i";
        run("ip netns add " + namespace, "ip netns delete " + namespace);
        run(
                "ip link add " + outside + " type veth peer name " + inside,
                "ip link delete " + outside);
        run("ip link set " + inside + " netns " + namespace, null);
        run("ip link set " + outside + " master " + BRIDGE + " up", null);
        String in = "ip netns exec " + namespace + " ";
        run(in + "ip addr add " + address(zone) + "/24 dev " + inside, null);
        run(in + "ip link set lo up", null);
        run(in + "ip link set " + inside + " up", null);
        run(in + "tc qdisc add dev " + inside + " root handle 1: htb default 1", null);
        run(
                in
                        + "tc class add dev "
                        + inside
                        + " parent 1: classid 1:1 htb rate "
                        + megabits
                        + "mbit",
                null);
    }

    private static String namespace(int zone) {
        return BRIDGE + (char) ('a' + zone);
    }

    private static String outside(int zone) {
        return "fzone" + (char) ('a' + zone);
    }

    /** The address of what runs in no zone. */
    String address() {
        return NETWORK + 254;
    }

    /** The address of a zone. */
    String address(int zone) {
        return NETWORK + (zone + 1);
    }

    /** Bytes that have left all zones. */
    long bytes(int count) throws IOException {
        long bytes = 0;
        for (int zone = 0; zone < count; zone++) {
            bytes +=
                    Long.parseLong(
                            Files.readString(
                                            Path.of(
                                                    "/sys/class/net",
                                                    outside(zone),
                                                    "statistics",
                                                    "rx_bytes"))
                                    .strip());
        }
        return bytes;
    }

    /**
     * Returns a command that runs the command that follows it in a zone.
     *
     * @param name of a group of processes that share a limit
     * @param cores of that group
     */
    List<String> in(int zone, String name, double cores) throws IOException {
        Path group = CPU.resolve(BRIDGE + "-" + name);
        if (!Files.isDirectory(group)) {
            Files.createDirectory(group);
            groups.add(group);
        }
        Files.writeString(group.resolve("cpu.cfs_period_us"), "" + PERIOD_MICROSECONDS);
        Files.writeString(
                group.resolve("cpu.cfs_quota_us"), "" + (int) (cores * PERIOD_MICROSECONDS));
        return List.of(
                "/bin/sh",
                "-c",
                "echo $$ > "
                        + group.resolve("tasks")
                        + " && exec ip netns exec "
                        + namespace(zone)
                        + " \"$@\"",
                "sh");
    }

    /** Runs a command and notes how it is undone. */
    private void run(String command, String undone) throws IOException, InterruptedException {
        List<String> words = List.of(command.split(" "));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command + ": " + output.strip());
        }
        if (undone != null) {
            undo.push(List.of(undone.split(" ")));
        }
    }

    private synchronized void undo() {
        while (!undo.isEmpty()) {
            try {
                // A link goes with its namespace, so that not each of these finds something.
                new ProcessBuilder(undo.pop()).redirectErrorStream(true).start().waitFor();
            } catch (IOException | InterruptedException e) {
                System.err.println("not taken back: " + e.getMessage());
            }
        }
        for (Path group : groups) {
            try {
                Files.deleteIfExists(group);
            } catch (IOException e) {
                System.err.println("not taken back: " + e.getMessage());
            }
        }
        groups.clear();
    }

    @Override
    public void close() {
        undo();
        Runtime.getRuntime().removeShutdownHook(atShutdown);
    }
}
