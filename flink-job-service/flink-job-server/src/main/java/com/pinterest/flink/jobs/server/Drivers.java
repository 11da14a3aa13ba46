// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The drivers, one for each distribution of Flink. Thread-safe. */
final class Drivers implements AutoCloseable {

    private static final String SCRIPT = "job-service/driver.sh";
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final Optional<Path> own;
    private final Path logs;
    private final Map<Path, Driver> byHome = new ConcurrentHashMap<>();

    /**
     * @param own the distribution that the service runs in, if there is one
     * @param logs the directory for what drivers write to their standard error
     */
    Drivers(Optional<Path> own, Path logs) {
        this.own = own;
        this.logs = logs;
    }

    /** The driver of the distribution that the service runs in, if there is one. */
    Optional<Driver> own() {
        return own.map(this::of);
    }

    /** The driver of a distribution. */
    Driver of(Path home) {
        return byHome.computeIfAbsent(
                home,
                key -> {
                    boolean isOwn = own.isPresent() && own.get().equals(home);
                    String suffix = isOwn ? "" : "-" + Integer.toHexString(home.hashCode());
                    return new Driver(
                            List.of("bash", home.resolve(SCRIPT).toString()),
                            logs.resolve("driver" + suffix + ".log"),
                            TIMEOUT);
                });
    }

    /** Whether a directory has a distribution that can be driven. */
    static boolean isDistribution(Path home) {
        return home.isAbsolute() && Files.isRegularFile(home.resolve(SCRIPT));
    }

    @Override
    public void close() {
        byHome.values().forEach(Driver::close);
    }
}
