// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import static java.util.Objects.requireNonNull;

/**
 * What was asked for.
 *
 * @param revision the revision to start; ignored by operations that start nothing
 * @param from the state to begin with
 * @param path a savepoint or checkpoint, if {@code from} is PATH, otherwise empty
 * @param drain whether a stop sends the last watermark first
 * @param by who asked for it
 */
public record Request(Kind kind, long revision, From from, String path, boolean drain, String by) {

    /** The state that a start begins with. */
    public enum From {
        /** The newest one of the last run; none at the first start. */
        LATEST,
        /** None. */
        FRESH,
        /** A chosen one. */
        PATH
    }

    public Request {
        requireNonNull(kind);
        requireNonNull(from);
        requireNonNull(path);
        requireNonNull(by);
    }

    /** A request with the usual choices. */
    public static Request of(Kind kind, long revision, String by) {
        return new Request(kind, revision, From.LATEST, "", false, by);
    }
}
