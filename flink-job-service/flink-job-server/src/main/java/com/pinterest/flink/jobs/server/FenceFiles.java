// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.pinterest.flink.jobs.protocol.Cluster.Start;
import com.pinterest.flink.jobs.protocol.ClusterException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * The fences of jobs, which the guard of the clusters reads: {@code NAMESPACE/NAME} below a
 * directory has the epoch that may run, and the id of its run. A fence is only ever raised.
 */
final class FenceFiles {

    private FenceFiles() {}

    /**
     * Lets a run start, and no earlier one go on.
     *
     * @throws ClusterException rejected if the fence is that of a later epoch; lost if it cannot be
     *     written
     */
    static void raise(String directory, Start start) throws ClusterException {
        Path root =
                StateFiles.local(directory)
                        .orElseThrow(
                                () ->
                                        ClusterException.rejected(
                                                "the service cannot write the fences of the"
                                                        + " cluster: job-guard.directory is "
                                                        + directory));
        Path fence = root.resolve(start.job().namespace()).resolve(start.job().name());
        try {
            String wanted = start.epoch() + " " + start.runId() + "\n";
            String now = read(fence);
            if (now.equals(wanted)) {
                return;
            }
            long epoch = now.isEmpty() ? 0 : Long.parseLong(now.substring(0, now.indexOf(' ')));
            if (epoch >= start.epoch()) {
                throw ClusterException.rejected(
                        "the fence "
                                + fence
                                + " is at \""
                                + now.strip()
                                + "\": does another job service have this job?");
            }
            write(fence, wanted);
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw ClusterException.lost("the fence " + fence + " cannot be raised: " + e);
        }
    }

    private static String read(Path fence) throws IOException {
        try {
            return Files.readString(fence);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    /** Replaces the file as a whole: a reader sees the old one or the new one. */
    private static void write(Path fence, String text) throws IOException {
        Files.createDirectories(fence.getParent());
        Path next = fence.resolveSibling("." + fence.getFileName() + "-" + UUID.randomUUID());
        try (FileChannel out =
                FileChannel.open(next, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(next, fence, StandardCopyOption.ATOMIC_MOVE);
    }
}
