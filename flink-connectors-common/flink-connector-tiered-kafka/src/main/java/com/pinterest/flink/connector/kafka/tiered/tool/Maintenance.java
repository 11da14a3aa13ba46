// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.tool;

import com.pinterest.flink.connector.kafka.tiered.ArchiveMaintenance;
import com.pinterest.flink.connector.kafka.tiered.archive.OffsetRange;
import com.pinterest.flink.connector.kafka.tiered.archive.SegmentFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the commands have in common that change an archive: they do, or with {@code --dry-run} only
 * say, one step after the other.
 *
 * <p>Not safe for use by several threads.
 */
final class Maintenance {

    /** A part of the work. */
    @FunctionalInterface
    interface Step {
        void run() throws IOException;
    }

    private final Arguments arguments;
    private final Output output;
    private final List<Map<String, Object>> steps = new ArrayList<>();
    private final List<Map<String, Object>> problems = new ArrayList<>();

    Maintenance(Arguments arguments, Output output) {
        this.arguments = arguments;
        this.output = output;
    }

    /** Does a step, and says so. */
    void step(PartitionView view, String action, OffsetRange range, String detail, Step step)
            throws IOException {
        if (!arguments.has("--dry-run")) {
            step.run();
        }
        steps.add(add(view, action, range, detail));
    }

    /** Deletes a segment. */
    void delete(PartitionView view, SegmentFile file, String why) throws IOException {
        step(
                view,
                "delete",
                file.coverage(),
                file.path().getName() + ", " + why,
                () -> {
                    if (!file.path().getFileSystem().delete(file.path(), false)
                            && file.path().getFileSystem().exists(file.path())) {
                        throw new IOException("Cannot delete " + file.path());
                    }
                });
    }

    /** Says what cannot be done. */
    void problem(PartitionView view, String kind, OffsetRange range, String detail) {
        problems.add(add(view, kind, range, detail));
    }

    private Map<String, Object> add(
            PartitionView view, String action, OffsetRange range, String detail) {
        output.line("%s %s %s: %s", action, view, range, detail);
        Map<String, Object> object = view.toObject();
        object.put("action", action);
        object.putAll(Output.object(range));
        object.put("detail", detail);
        return object;
    }

    /** Says what was done in all, and returns the exit code. */
    int finish() {
        output.line(
                "%d steps %s, %d problems",
                steps.size(), arguments.has("--dry-run") ? "to do" : "done", problems.size());
        output.document(
                Output.object(
                        "dryRun",
                        arguments.has("--dry-run"),
                        "steps",
                        steps,
                        "problems",
                        problems));
        return problems.isEmpty() ? Command.OK : Command.FOUND;
    }

    /** What writes segments; closed, its temporary directory is gone. */
    static final class Writer implements AutoCloseable {

        private final Path spool;
        private final ArchiveMaintenance maintenance;

        Writer(Arguments arguments, long rollBytes) throws IOException {
            spool = Files.createTempDirectory("flink-archive");
            maintenance =
                    new ArchiveMaintenance(
                            arguments.path("--archive"), arguments.codec(), rollBytes, spool);
        }

        ArchiveMaintenance get() {
            return maintenance;
        }

        @Override
        public void close() throws IOException {
            Files.delete(spool);
        }
    }
}
