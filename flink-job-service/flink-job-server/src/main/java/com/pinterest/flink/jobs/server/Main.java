// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.pinterest.flink.jobs.protocol.Timing;
import com.pinterest.flink.jobs.store.RefusedException;
import com.pinterest.flink.jobs.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;

/** The process of the job service. */
public final class Main {

    private static final List<String> OPTIONS =
            List.of(
                    "--data",
                    "--host",
                    "--port",
                    "--settle",
                    "--artifact-hosts",
                    "--backup",
                    "--restore");
    private static final int DEFAULT_PORT = 8085;

    private Main() {}

    /** Runs the service until the process is told to end. */
    public static void main(String[] arguments) throws InterruptedException {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            if (!OPTIONS.contains(arguments[i])) {
                fail(
                        "unknown option "
                                + arguments[i]
                                + Names.nearest(arguments[i], OPTIONS)
                                        .map(name -> "; did you mean " + name + "?")
                                        .orElse("; known are " + String.join(", ", OPTIONS)));
            }
            if (i + 1 == arguments.length) {
                fail(arguments[i] + " needs a value");
            }
            options.put(arguments[i], arguments[i + 1]);
        }
        if (!options.containsKey("--data")) {
            fail("--data DIRECTORY is missing");
        }
        Path data = Path.of(options.get("--data")).toAbsolutePath();
        try {
            if (options.containsKey("--backup")) {
                Backups.write(data, Path.of(options.get("--backup")));
                return;
            }
            if (options.containsKey("--restore")) {
                Backups.restore(data, Path.of(options.get("--restore")));
                return;
            }
            JobServer server = JobServer.start(settings(options));
            CountDownLatch end = new CountDownLatch(1);
            Runtime.getRuntime()
                    .addShutdownHook(
                            new Thread(
                                    () -> {
                                        try {
                                            server.close();
                                        } catch (IOException e) {
                                            System.err.println("flink-job-service: " + e);
                                        }
                                        end.countDown();
                                    }));
            System.out.println("The job service listens at port " + server.port());
            end.await();
        } catch (IOException | StoreException | RefusedException e) {
            fail(e.getMessage() + (e.getCause() == null ? "" : ": " + e.getCause().getMessage()));
        } catch (io.javalin.util.JavalinBindException e) {
            fail("the port " + options.getOrDefault("--port", "") + " is in use");
        }
    }

    private static JobServer.Settings settings(Map<String, String> options) {
        Timing standard = Timing.standard();
        Duration settle =
                options.containsKey("--settle")
                        ? Duration.ofSeconds(number(options, "--settle"))
                        : standard.settle();
        Timing timing =
                new Timing(
                        settle,
                        standard.resend(),
                        standard.upload(),
                        standard.start(),
                        standard.running(),
                        standard.stop(),
                        standard.cancel(),
                        standard.stable(),
                        standard.look());
        return new JobServer.Settings(
                Path.of(options.get("--data")).toAbsolutePath(),
                options.getOrDefault("--host", "localhost"),
                options.containsKey("--port") ? number(options, "--port") : DEFAULT_PORT,
                timing,
                Duration.ofSeconds(2),
                hosts(options.getOrDefault("--artifact-hosts", "")),
                Optional.ofNullable(System.getenv("FLINK_HOME")).map(Path::of));
    }

    private static Set<String> hosts(String list) {
        Set<String> hosts = new TreeSet<>();
        for (String host : list.toLowerCase(Locale.ROOT).split(",", -1)) {
            if (!list.isEmpty() && !host.matches("[a-z0-9.-]+(:[0-9]{1,5})?")) {
                fail("--artifact-hosts has to be HOST[:PORT],...: " + list);
            }
            if (!host.isEmpty()) {
                hosts.add(host);
            }
        }
        return hosts;
    }

    private static int number(Map<String, String> options, String option) {
        String text = options.get(option);
        if (!text.matches("[0-9]{1,5}")) {
            fail(option + " has to be a number: " + text);
        }
        return Integer.parseInt(text);
    }

    private static void fail(String message) {
        System.err.println("flink-job-service: " + message);
        System.exit(1);
    }
}
