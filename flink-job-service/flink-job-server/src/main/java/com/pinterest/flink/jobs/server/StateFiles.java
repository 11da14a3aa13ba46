// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.pinterest.flink.jobs.protocol.Finding;
import com.pinterest.flink.jobs.protocol.SavepointEntry;
import com.pinterest.flink.jobs.protocol.StatePaths;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Savepoints and checkpoints in a file system that the service shares with the clusters. A state is
 * complete when its {@code _metadata} is there. Of any other storage nothing is known.
 */
final class StateFiles {

    private static final String METADATA = "_metadata";

    /** Begins each file of metadata; the version and the number of the checkpoint follow. */
    private static final int MAGIC = 0x4960672d;

    private StateFiles() {}

    /** The path of a URL of a file system; empty for any other storage. */
    static Optional<Path> local(String url) {
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

    /** A complete state; those of one run are numbered in the order in which they were begun. */
    private record State(Path path, long number, FileTime written) {
        static final Comparator<State> AGE =
                Comparator.comparingLong(State::number).thenComparing(State::written);
    }

    /**
     * The newest complete state of a run.
     *
     * @param checkpoints the directory of checkpoints of all runs; empty if not known
     * @param savepoints the directory of all savepoints of this run
     */
    static Finding<String> newest(
            String checkpoints, String runId, String savepoints, List<String> candidates) {
        List<State> states = new ArrayList<>();
        try {
            for (String candidate : candidates) {
                addIfComplete(states, required(candidate));
            }
            if (!checkpoints.isEmpty()) {
                Path root = required(checkpoints);
                if (!Files.isDirectory(root)) {
                    return Finding.unknown("there is no directory " + checkpoints);
                }
                for (Path child : children(root.resolve(runId))) {
                    if (child.getFileName().toString().startsWith("chk-")) {
                        addIfComplete(states, child);
                    }
                }
            }
            Path ofRun = required(savepoints);
            if (rootOf(ofRun.resolve("operation")).isEmpty()) {
                return Finding.unknown("no directory above " + savepoints + " exists");
            }
            for (Path operation : children(ofRun)) {
                for (Path savepoint : children(operation)) {
                    addIfComplete(states, savepoint);
                }
            }
        } catch (IOException e) {
            return Finding.unknown(e.getMessage());
        }
        return states.stream()
                .max(State.AGE)
                .<Finding<String>>map(
                        state ->
                                Finding.yes(
                                        StatePaths.canonical(state.path().toString()),
                                        "number " + state.number()))
                .orElse(Finding.no("the run has left no state"));
    }

    /**
     * Deletes a savepoint, and nothing that is not in the directory which its operation has asked
     * for. The metadata goes first, so that what is left of it after a crash is no savepoint.
     */
    static Finding<String> delete(SavepointEntry savepoint) {
        Optional<Path> local = local(savepoint.path());
        if (local.isEmpty()) {
            return Finding.no("the service cannot look into " + savepoint.path());
        }
        Path path = local.get();
        if (!isWhereAsked(savepoint, path)) {
            return Finding.no("it is not in the directory of operation " + savepoint.operation());
        }
        Path operation = path.getParent();
        try {
            if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                    return Finding.no("it is not a directory");
                }
                return rootOf(operation).isPresent()
                        ? Finding.yes("", "is gone")
                        : Finding.unknown("no directory above " + operation + " exists");
            }
            Files.deleteIfExists(path.resolve(METADATA));
            deleteTree(path);
            if (children(operation).isEmpty()) {
                Files.delete(operation);
            }
            return Finding.yes("", "deleted");
        } catch (IOException e) {
            return Finding.unknown(e.toString());
        }
    }

    /** Whether a path is .../NAMESPACE/NAME/EPOCH/OPERATION-ATTEMPT/SAVEPOINT. */
    private static boolean isWhereAsked(SavepointEntry savepoint, Path path) {
        int names = path.getNameCount();
        if (names < 6 || !path.equals(path.normalize())) {
            return false;
        }
        Path job =
                Path.of(
                        savepoint.job().namespace(),
                        savepoint.job().name(),
                        Long.toString(savepoint.epoch()));
        return path.subpath(names - 5, names - 2).equals(job)
                && path.getName(names - 2)
                        .toString()
                        .matches(Pattern.quote(savepoint.operation()) + "-[0-9]+");
    }

    /** Does not follow links. */
    private static void deleteTree(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static Path required(String url) throws IOException {
        return local(url).orElseThrow(() -> new IOException("the service cannot look into " + url));
    }

    private static List<Path> children(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(directory)) {
            return children.toList();
        }
    }

    private static void addIfComplete(List<State> states, Path path) throws IOException {
        Path metadata = path.resolve(METADATA);
        if (!Files.isRegularFile(metadata)) {
            return;
        }
        try (DataInputStream in = new DataInputStream(Files.newInputStream(metadata))) {
            int magic = in.readInt();
            if (magic != MAGIC) {
                throw new IOException(metadata + " is not the metadata of a checkpoint");
            }
            in.readInt();
            states.add(new State(path, in.readLong(), Files.getLastModifiedTime(metadata)));
        } catch (EOFException e) {
            throw new IOException(metadata + " is incomplete", e);
        }
    }
}
