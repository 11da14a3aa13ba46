// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import static java.util.Objects.requireNonNull;

/**
 * What follows from an observation: a change to write, and then perhaps a request to send.
 *
 * @param change what to write, first; null if nothing has changed
 * @param effect what to do then; null for nothing
 */
record Decision(Change change, Effect effect) {

    /** A request to a cluster. */
    @FunctionalInterface
    interface Effect {
        void on(Cluster cluster) throws ClusterException;
    }

    static final Decision NOTHING = new Decision(null, null);

    static Decision write(Change change) {
        return new Decision(requireNonNull(change), null);
    }

    static Decision act(Change intent, Effect effect) {
        return new Decision(requireNonNull(intent), requireNonNull(effect));
    }
}
