// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

/** A request to a cluster that was not accepted, or whose answer was lost. */
public final class ClusterException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean rejected;

    private ClusterException(boolean rejected, String message) {
        super(message);
        this.rejected = rejected;
    }

    /** The cluster has refused it, and will refuse it again. */
    public static ClusterException rejected(String message) {
        return new ClusterException(true, message);
    }

    /** Nobody knows whether the cluster got it. */
    public static ClusterException lost(String message) {
        return new ClusterException(false, message);
    }

    /** Whether the cluster has refused it; otherwise it may have been accepted. */
    public boolean isRejected() {
        return rejected;
    }
}
