// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Configuration of a small cluster that bears a loaded machine. */
final class ClusterSettings {

    /** Options in milliseconds. */
    private static final List<String> TIMEOUTS =
            List.of(
                    "client.timeout",
                    "heartbeat.timeout",
                    "pekko.ask.timeout",
                    "pekko.startup-timeout",
                    "pekko.tcp.timeout",
                    "rest.await-leader-timeout",
                    "rest.connection-timeout",
                    "slot.request.timeout",
                    "task.cancellation.timeout",
                    "taskmanager.registration.timeout",
                    "web.timeout");

    private ClusterSettings() {}

    /** Settings with ports that are free now, and all files below a directory. */
    static Map<String, String> in(Path directory) throws IOException {
        Map<String, String> settings = new TreeMap<>();
        settings.put("rest.port", Integer.toString(Ports.free()));
        settings.put("jobmanager.rpc.port", Integer.toString(Ports.free()));
        settings.put("blob.server.port", Integer.toString(Ports.free()));
        settings.put("jobmanager.memory.process.size", "800m");
        settings.put("taskmanager.memory.process.size", "1280m");
        settings.put("taskmanager.memory.managed.size", "128m");
        settings.put("taskmanager.numberOfTaskSlots", "4");
        settings.put("io.tmp.dirs", directory.resolve("tmp").toString());
        settings.put("web.tmpdir", directory.resolve("web").toString());
        settings.put("execution.checkpointing.dir", url(directory.resolve("checkpoints")));
        settings.put("execution.checkpointing.savepoint-dir", url(directory.resolve("savepoints")));
        settings.put("state.backend.type", "rocksdb");
        // A busy machine answers late. A dead process is found by its closed connection, at the
        // next heartbeat.
        String patience = Long.toString(Await.PATIENCE.toMillis());
        for (String timeout : TIMEOUTS) {
            settings.put(timeout, patience);
        }
        settings.put("heartbeat.interval", "2000");
        settings.put("restart-strategy.type", "fixed-delay");
        settings.put("restart-strategy.fixed-delay.attempts", "100");
        settings.put("restart-strategy.fixed-delay.delay", "500 ms");
        // For what the REST interface says to be new.
        settings.put("metrics.fetcher.update-interval", "100");
        settings.put("web.refresh-interval", "100");
        // Short-lived JVMs, and few cores. The property is for Pekko's ten seconds to start, which
        // pekko.startup-timeout does not reach.
        settings.put(
                "env.java.default-opts.all",
                "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dpekko.remote.classic.startup-timeout="
                        + patience
                        + "ms");
        return settings;
    }

    private static String url(Path directory) {
        return "file://" + directory;
    }
}
