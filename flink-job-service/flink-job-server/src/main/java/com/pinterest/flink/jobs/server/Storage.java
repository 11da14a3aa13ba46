// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A file system that the service shares with the clusters. Paths are URLs. Thread-safe; every call
 * ends, by a timeout of its own where it needs one.
 */
interface Storage {

    /** The service has no file system for a path: it will never know what is there. */
    final class UnsupportedException extends IOException {
        private static final long serialVersionUID = 1;

        UnsupportedException(String message) {
            super(message);
        }
    }

    /** There is no answer this time, of which nothing follows. */
    final class NoAnswerException extends IOException {
        private static final long serialVersionUID = 1;

        NoAnswerException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * What a directory has in it.
     *
     * @param directory whether it is a directory; not so for a link to one
     * @param modified when it was last changed, in ms since 1970; 0 if that is not known
     */
    record Entry(String name, boolean directory, long modified) {}

    /**
     * Lists a directory.
     *
     * @return empty if there is none
     * @throws IOException if that cannot be found out
     */
    Optional<List<Entry>> list(String directory) throws IOException;

    /**
     * Reads the beginning of a file.
     *
     * @return at most so many bytes; empty if there is no file
     * @throws IOException if it cannot be read
     */
    Optional<byte[]> read(String file, int bytes) throws IOException;

    /**
     * Replaces a file, and makes its directory.
     *
     * @throws IOException if it cannot be written; it may be there in part then, unless the file
     *     system is a local one
     */
    void write(String file, byte[] bytes) throws IOException;

    /**
     * Deletes a file or a directory, if it is there, with all that is in it; follows no link.
     *
     * @throws IOException if it is not gone
     */
    void delete(String path) throws IOException;

    /**
     * Whether what is missing below a directory is not there, in contrast to storage that is not
     * mounted.
     */
    boolean isMounted(String directory);
}
