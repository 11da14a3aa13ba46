// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import com.pinterest.flink.runtime.placement.PlacementOptions;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.annotation.Nullable;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.rest.util.RestMapperUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory with a profile of each job, by its name: what its vertices cost when it ran last. It
 * is read when a job starts and written when it ends, off the main thread of the JobMaster. What
 * goes wrong is logged and does not matter otherwise. Thread-safe.
 */
final class ProfileStore {

    private static final Logger LOG = LoggerFactory.getLogger(ProfileStore.class);

    private static final long READ_SECONDS = 10;
    private static final int NAME_LENGTH = 80;

    @Nullable private final Path directory;
    private final Executor executor;

    /**
     * Describes a store.
     *
     * @param directory null for none: nothing is read or written
     * @param executor for what may block
     */
    ProfileStore(@Nullable String directory, Executor executor) {
        this.directory = directory == null ? null : path(directory);
        this.executor = executor;
    }

    @Nullable
    private static Path path(String directory) {
        try {
            return new Path(directory);
        } catch (IllegalArgumentException e) {
            LOG.warn(
                    "{} is no directory, and no profiles are kept: {}",
                    PlacementOptions.PROFILE_DIR.key(),
                    directory,
                    e);
            return null;
        }
    }

    /** The costs that were written last for a job of this name. Waits for some seconds at most. */
    Optional<MeasuredCosts> read(String job) {
        if (directory == null) {
            return Optional.empty();
        }
        Path file = file(job);
        try {
            return CompletableFuture.supplyAsync(() -> readNow(file), executor)
                    .get(READ_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            LOG.warn("The profile {} is not read", file, e);
        }
        return Optional.empty();
    }

    private static Optional<MeasuredCosts> readNow(Path file) {
        try {
            FileSystem fileSystem = file.getFileSystem();
            if (!fileSystem.exists(file)) {
                return Optional.empty();
            }
            try (InputStream input = fileSystem.open(file)) {
                return Optional.of(
                        MeasuredCosts.of(RestMapperUtils.getStrictObjectMapper().readTree(input)));
            }
        } catch (FileNotFoundException e) {
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "The profile {} is ignored, and written anew when the job ends: {}",
                    file,
                    e.getMessage(),
                    e);
            return Optional.empty();
        }
    }

    /** Writes the costs of a job, some time soon. */
    void write(String job, MeasuredCosts costs) {
        if (directory == null) {
            return;
        }
        Path file = file(job);
        byte[] text =
                costs.toJson().put("job-name", job).toString().getBytes(StandardCharsets.UTF_8);
        try {
            executor.execute(() -> writeNow(file, text));
        } catch (RuntimeException e) {
            LOG.warn("The profile {} is not written", file, e);
        }
    }

    private static void writeNow(Path file, byte[] text) {
        try {
            FileSystem fileSystem = file.getFileSystem();
            fileSystem.mkdirs(file.getParent());
            try (OutputStream output = fileSystem.create(file, FileSystem.WriteMode.OVERWRITE)) {
                output.write(text);
            }
            LOG.info("The profile {} is written", file);
        } catch (IOException | RuntimeException e) {
            LOG.warn("The profile {} is not written", file, e);
        }
    }

    /** The file of a job: its name as far as a file may have it, and a hash of all of it. */
    private Path file(String job) {
        String name = job.replaceAll("[^A-Za-z0-9._-]+", "-");
        return new Path(
                directory,
                String.format(
                        Locale.ROOT,
                        "%s-%08x.json",
                        name.substring(0, Math.min(NAME_LENGTH, name.length())),
                        job.hashCode()));
    }
}
