// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

/** Time as a {@link ServiceCore} sees it; tests have their own. Thread-safe. */
interface Timers extends AutoCloseable {

    /** A time in nanoseconds, of which only differences count. */
    long nanos();

    /** Runs an action in another thread, after a time in nanoseconds that may be zero. */
    Timer schedule(long delayNanos, Runnable action);

    @Override
    void close();

    /** An action that can be cancelled. */
    interface Timer {

        /** Does not run the action, if it has not begun. */
        void cancel();
    }
}
