// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.pinterest.flink.jobs.protocol.Finding;
import com.pinterest.flink.jobs.protocol.SavepointEntry;
import com.pinterest.flink.jobs.protocol.SavepointFiles;
import com.pinterest.flink.jobs.protocol.StatePaths;
import com.pinterest.flink.jobs.server.Storage.Entry;
import com.pinterest.flink.jobs.server.Storage.NoAnswerException;
import com.pinterest.flink.jobs.server.Storage.UnsupportedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Savepoints and checkpoints in storage that the service shares with the clusters. A state is
 * complete when its {@code _metadata} is there. Thread-safe.
 */
final class StateFiles implements SavepointFiles {

    private static final String METADATA = "_metadata";

    /** Begins each file of metadata; the version and the number of the checkpoint follow. */
    private static final int MAGIC = 0x4960672d;

    private static final int HEADER_BYTES = 16;

    private final Storages storages;

    StateFiles(Storages storages) {
        this.storages = storages;
    }

    /** See {@link com.pinterest.flink.jobs.protocol.Cluster#stored}. */
    Finding<String> stored(String url) {
        String directory = StatePaths.canonical(url);
        try {
            Storage storage = storages.of(directory);
            Optional<List<Entry>> children = storage.list(directory);
            if (children.isEmpty()) {
                return storage.isMounted(rootOf(directory))
                        ? Finding.no(directory + " does not exist")
                        : Finding.unknown("no directory above " + directory + " exists");
            }
            for (Entry child : children.get()) {
                String path = directory + "/" + child.name();
                if (child.directory()
                        && storage.read(path + "/" + METADATA, HEADER_BYTES).isPresent()) {
                    return Finding.yes(path, "complete");
                }
            }
            return Finding.no("there is no complete savepoint in " + directory);
        } catch (IOException e) {
            return Finding.unknown(messageOf(e));
        }
    }

    /** The file of metadata of a state; empty if the state is not complete. */
    private static Optional<Entry> metadata(Storage storage, String state) throws IOException {
        return storage.list(state).stream()
                .flatMap(List::stream)
                .filter(entry -> entry.name().equals(METADATA) && !entry.directory())
                .findFirst();
    }

    private static String messageOf(IOException failure) {
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    private static String parentOf(String path) {
        return path.substring(0, Math.max(path.indexOf('/') + 1, path.lastIndexOf('/')));
    }

    /**
     * A savepoint directory is NAMESPACE/NAME/EPOCH/OPERATION below a root that exists unless a
     * storage is not mounted.
     */
    private static String rootOf(String directory) {
        String root = directory;
        for (int i = 0; i < 4; i++) {
            root = parentOf(root);
        }
        return root;
    }

    /** Whether a savepoint can be written; a NO says why not. */
    Finding<String> writable(String url) {
        String directory = StatePaths.canonical(url);
        String probe = directory + "/.probe-" + UUID.randomUUID();
        try {
            Storage storage = storages.of(directory);
            storage.write(probe, "probe".getBytes(UTF_8));
            storage.delete(probe);
            return Finding.yes("", "can be written: " + directory);
        } catch (UnsupportedException e) {
            // The clusters may well have one.
            return Finding.yes("", "not probed: " + messageOf(e));
        } catch (NoAnswerException e) {
            return Finding.unknown(messageOf(e));
        } catch (IOException e) {
            return Finding.no("savepoints cannot be written to " + directory + ": " + e);
        }
    }

    /** A complete state; those of one run are numbered in the order in which they were begun. */
    private record State(String path, long number, long written) {
        static final Comparator<State> AGE =
                Comparator.comparingLong(State::number).thenComparing(State::written);
    }

    /**
     * The newest complete state of a run.
     *
     * @param checkpoints the directory of checkpoints of all runs; empty if not known
     * @param savepoints the directory of all savepoints of this run; empty if it has none
     */
    Finding<String> newest(
            String checkpoints, String runId, String savepoints, List<String> candidates) {
        List<State> states = new ArrayList<>();
        try {
            for (String candidate : candidates) {
                addIfComplete(states, StatePaths.canonical(candidate));
            }
            if (!checkpoints.isEmpty()) {
                String root = StatePaths.canonical(checkpoints);
                if (!storages.of(root).isMounted(root)) {
                    return Finding.unknown("there is no directory " + checkpoints);
                }
                for (String child : children(root + "/" + runId)) {
                    if (child.substring(child.lastIndexOf('/')).startsWith("/chk-")) {
                        addIfComplete(states, child);
                    }
                }
            }
            if (!savepoints.isEmpty()) {
                String ofRun = StatePaths.canonical(savepoints);
                if (!storages.of(ofRun).isMounted(rootOf(ofRun + "/operation"))) {
                    return Finding.unknown("no directory above " + savepoints + " exists");
                }
                for (String operation : children(ofRun)) {
                    for (String savepoint : children(operation)) {
                        addIfComplete(states, savepoint);
                    }
                }
            }
        } catch (IOException e) {
            return Finding.unknown(messageOf(e));
        }
        return states.stream()
                .max(State.AGE)
                .<Finding<String>>map(
                        state -> Finding.yes(state.path(), "number " + state.number()))
                .orElse(Finding.no("the run has left no state"));
    }

    private List<String> children(String directory) throws IOException {
        List<String> children = new ArrayList<>();
        for (Entry entry : storages.of(directory).list(directory).orElse(List.of())) {
            children.add(directory + "/" + entry.name());
        }
        return children;
    }

    private void addIfComplete(List<State> states, String path) throws IOException {
        Storage storage = storages.of(path);
        Optional<Entry> metadata = metadata(storage, path);
        if (metadata.isEmpty()) {
            return;
        }
        String file = path + "/" + METADATA;
        Optional<byte[]> bytes = storage.read(file, HEADER_BYTES);
        if (bytes.isEmpty()) {
            // It has been deleted since.
            return;
        }
        ByteBuffer header = ByteBuffer.wrap(bytes.get());
        if (header.remaining() < HEADER_BYTES) {
            throw new IOException(file + " is incomplete");
        }
        if (header.getInt() != MAGIC) {
            throw new IOException(file + " is not the metadata of a checkpoint");
        }
        header.getInt();
        states.add(new State(path, header.getLong(), metadata.get().modified()));
    }

    /**
     * Deletes a savepoint, and nothing that is not in the directory which its operation has asked
     * for. The metadata goes first, so that what is left of it after a crash is no savepoint.
     */
    @Override
    public Finding<String> delete(SavepointEntry savepoint) {
        String path = StatePaths.canonical(savepoint.path());
        if (!isWhereAsked(savepoint, path)) {
            return Finding.no("it is not in the directory of operation " + savepoint.operation());
        }
        String operation = parentOf(path);
        try {
            Storage storage = storages.of(path);
            Optional<List<Entry>> siblings = storage.list(operation);
            if (siblings.isEmpty() && !storage.isMounted(rootOf(operation))) {
                return Finding.unknown("no directory above " + operation + " exists");
            }
            Optional<Entry> entry =
                    siblings.stream()
                            .flatMap(List::stream)
                            .filter(sibling -> path.endsWith("/" + sibling.name()))
                            .findFirst();
            if (entry.isEmpty()) {
                return Finding.yes("", "is gone");
            }
            if (!entry.get().directory()) {
                return Finding.no("it is not a directory");
            }
            storage.delete(path + "/" + METADATA);
            storage.delete(path);
            if (storage.list(operation).map(List::isEmpty).orElse(false)) {
                storage.delete(operation);
            }
            return Finding.yes("", "deleted");
        } catch (IOException e) {
            return Finding.unknown(messageOf(e));
        }
    }

    /** Whether a path is .../NAMESPACE/NAME/EPOCH/OPERATION-ATTEMPT/SAVEPOINT. */
    private static boolean isWhereAsked(SavepointEntry savepoint, String path) {
        List<String> names = Arrays.asList(path.split("/", -1));
        int count = names.size();
        if (count < 7 || names.contains("..") || names.contains(".")) {
            return false;
        }
        List<String> job =
                List.of(
                        savepoint.job().namespace(),
                        savepoint.job().name(),
                        Long.toString(savepoint.epoch()));
        return names.subList(count - 5, count - 2).equals(job)
                && names.get(count - 2).matches(Pattern.quote(savepoint.operation()) + "-[0-9]+");
    }
}
