// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;

/** Lets a reader's thread wait. */
final class Pause {

    private Pause() {}

    /**
     * Waits for some nanoseconds, not at all if they are none or negative.
     *
     * @throws InterruptedIOException if the thread was interrupted; it stays so
     */
    static void of(long nanos) throws InterruptedIOException {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the next row");
        }
    }
}
