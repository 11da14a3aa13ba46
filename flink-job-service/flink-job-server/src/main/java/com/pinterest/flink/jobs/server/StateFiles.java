// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.pinterest.flink.jobs.protocol.Finding;
import com.pinterest.flink.jobs.protocol.StatePaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Savepoints and checkpoints in a file system that the service shares with the clusters. A state is
 * complete when its {@code _metadata} is there. Of any other storage nothing is known.
 */
final class StateFiles {

    private static final String METADATA = "_metadata";

    private StateFiles() {}

    private static Optional<Path> local(String url) {
        String path = StatePaths.canonical(url);
        return path.startsWith("file:/")
                ? Optional.of(Path.of(path.substring("file:".length())))
                : Optional.empty();
    }

    /** See {@link com.pinterest.flink.jobs.protocol.Cluster#stored}. */
    static Finding<String> stored(String directory) {
        Optional<Path> local = local(directory);
        if (local.isEmpty()) {
            return Finding.unknown("the service cannot look into " + directory);
        }
        if (!Files.isDirectory(local.get())) {
            return rootOf(local.get())
                    .<Finding<String>>map(root -> Finding.no(directory + " does not exist"))
                    .orElse(Finding.unknown("no directory above " + directory + " exists"));
        }
        try (Stream<Path> children = Files.list(local.get())) {
            return children.filter(child -> Files.isRegularFile(child.resolve(METADATA)))
                    .findFirst()
                    .<Finding<String>>map(
                            child ->
                                    Finding.yes(StatePaths.canonical(child.toString()), "complete"))
                    .orElse(Finding.no("there is no complete savepoint in " + directory));
        } catch (IOException e) {
            return Finding.unknown(e.toString());
        }
    }

    /**
     * A savepoint directory is NAMESPACE/NAME/EPOCH/OPERATION below a root that exists unless a
     * storage is not mounted.
     */
    private static Optional<Path> rootOf(Path directory) {
        Path root = directory;
        for (int i = 0; i < 4 && root != null; i++) {
            root = root.getParent();
        }
        return Optional.ofNullable(root).filter(Files::isDirectory);
    }

    /** Whether a savepoint can be written; a NO says why not. */
    static Finding<String> writable(String directory) {
        Optional<Path> local = local(directory);
        if (local.isEmpty()) {
            return Finding.yes("", "not probed: " + directory);
        }
        Path probe = local.get().resolve(".probe-" + UUID.randomUUID());
        try {
            Files.createDirectories(local.get());
            Files.writeString(probe, "probe");
            Files.delete(probe);
            return Finding.yes("", "can be written: " + directory);
        } catch (IOException e) {
            return Finding.no("savepoints cannot be written to " + directory + ": " + e);
        }
    }

    /**
     * The newest complete state of a run.
     *
     * @param checkpoints the directory of checkpoints of all runs; empty if not known
     */
    static Finding<String> newest(String checkpoints, String runId, List<String> candidates) {
        List<Path> complete = new ArrayList<>();
        for (String candidate : candidates) {
            Optional<Path> local = local(candidate);
            if (local.isEmpty()) {
                return Finding.unknown("the service cannot look at " + candidate);
            }
            addIfComplete(complete, local.get());
        }
        if (!checkpoints.isEmpty()) {
            Optional<Path> root = local(checkpoints);
            if (root.isEmpty() || !Files.isDirectory(root.get())) {
                return Finding.unknown("the service cannot look into " + checkpoints);
            }
            Path own = root.get().resolve(runId);
            if (Files.isDirectory(own)) {
                try (Stream<Path> children = Files.list(own)) {
                    children.filter(child -> child.getFileName().toString().startsWith("chk-"))
                            .forEach(child -> addIfComplete(complete, child));
                } catch (IOException e) {
                    return Finding.unknown(e.toString());
                }
            }
        }
        try {
            Path newest = null;
            FileTime time = null;
            for (Path state : complete) {
                FileTime written = Files.getLastModifiedTime(state.resolve(METADATA));
                if (time == null || written.compareTo(time) > 0) {
                    newest = state;
                    time = written;
                }
            }
            return newest == null
                    ? Finding.no("the run has left no state")
                    : Finding.yes(StatePaths.canonical(newest.toString()), "written " + time);
        } catch (IOException e) {
            return Finding.unknown(e.toString());
        }
    }

    private static void addIfComplete(List<Path> complete, Path state) {
        if (Files.isRegularFile(state.resolve(METADATA))) {
            complete.add(state);
        }
    }
}
