// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;

/** A pause of the thread of a reader. */
final class Pause {

    private Pause() {}

    /**
     * Waits for some nanoseconds; returns immediately if they are zero or negative.
     *
     * @throws InterruptedIOException if the thread was interrupted; its interrupt status stays set
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
