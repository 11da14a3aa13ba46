// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.pinterest.flink.jobs.protocol.Cluster.Start;
import com.pinterest.flink.jobs.protocol.ClusterException;
import com.pinterest.flink.jobs.protocol.StatePaths;
import com.pinterest.flink.jobs.server.Storage.UnsupportedException;
import java.io.IOException;

/**
 * The fences of jobs, which the guard of the clusters reads: {@code NAMESPACE/NAME} below a
 * directory has the epoch that may run, and the id of its run. A fence is only ever raised.
 * Thread-safe.
 */
final class FenceFiles {

    private static final int MAX_BYTES = 4096;

    private final Storages storages;

    FenceFiles(Storages storages) {
        this.storages = storages;
    }

    /**
     * Lets a run start, and no earlier one go on.
     *
     * @throws ClusterException rejected if the fence is that of a later epoch; lost if it cannot be
     *     written
     */
    void raise(String directory, Start start) throws ClusterException {
        String fence =
                StatePaths.canonical(directory)
                        + "/"
                        + start.job().namespace()
                        + "/"
                        + start.job().name();
        try {
            Storage storage = storages.of(fence);
            String wanted = start.epoch() + " " + start.runId() + "\n";
            String now =
                    storage.read(fence, MAX_BYTES).map(text -> new String(text, UTF_8)).orElse("");
            if (now.equals(wanted)) {
                return;
            }
            int space = now.indexOf(' ');
            String number = space < 0 ? now : now.substring(0, space);
            long epoch = now.isEmpty() ? 0 : Long.parseLong(number);
            // Where a file is not replaced as a whole, what is there can be the beginning of this.
            if (epoch > start.epoch() || (epoch == start.epoch() && !wanted.startsWith(now))) {
                throw ClusterException.rejected(
                        "the fence "
                                + fence
                                + " is at \""
                                + now.strip()
                                + "\": does another job service have this job?");
            }
            storage.write(fence, wanted.getBytes(UTF_8));
        } catch (UnsupportedException e) {
            throw ClusterException.rejected(
                    "the service cannot write the fences of the cluster: job-guard.directory is "
                            + directory
                            + "; "
                            + e.getMessage());
        } catch (IOException | NumberFormatException e) {
            throw ClusterException.lost("the fence " + fence + " cannot be raised: " + e);
        }
    }
}
