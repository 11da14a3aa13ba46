// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.pinterest.flink.jobs.protocol.StatePaths;
import com.pinterest.flink.jobs.server.Storage.UnsupportedException;
import java.util.Optional;

/**
 * The storage that a URL names: mounted file systems, and, if the service runs in a distribution,
 * all that Flink knows. Thread-safe.
 */
final class Storages {

    private final Storage local = new LocalStorage();
    private final Optional<? extends Storage> others;

    /**
     * @param others for all that is not mounted; empty if nothing is known of it
     */
    Storages(Optional<? extends Storage> others) {
        this.others = others;
    }

    /**
     * Returns the storage of a path.
     *
     * @param path in its canonical form, see {@link StatePaths#canonical}
     * @throws UnsupportedException if the service cannot look into it
     */
    Storage of(String path) throws UnsupportedException {
        if (path.startsWith(LocalStorage.SCHEME)) {
            return local;
        }
        if (others.isEmpty() || !path.matches("[a-z][a-z0-9+.-]*:/.*")) {
            throw new UnsupportedException("the service cannot look into " + path);
        }
        return others.get();
    }
}
