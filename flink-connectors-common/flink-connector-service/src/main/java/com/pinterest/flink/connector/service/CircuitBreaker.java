// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

/**
 * Stops calls to a service that is down. It opens when calls in a row have failed, or half of the
 * last 20. Once it has been open for a time, one call tries whether the service is back: if so, it
 * closes, otherwise it opens for twice the time. Not thread-safe.
 */
final class CircuitBreaker {

    /** Whether calls are made. */
    enum State {
        CLOSED("closed", 0),
        OPEN("open", 1),
        HALF_OPEN("half-open", 2);

        private final String text;
        private final int code;

        State(String text, int code) {
            this.text = text;
            this.code = code;
        }

        /** The state in metrics. */
        int code() {
            return code;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** The number of calls that a share of failures is computed from: the bits of a window. */
    private static final int WINDOW = 20;

    private static final int WINDOW_FAILURES = WINDOW / 2;

    private final int maxFailuresInARow;
    private final long minBreak;
    private final long maxBreak;

    private State state = State.CLOSED;
    private long nextTry;
    private long nextBreak;
    private int failuresInARow;

    /** A bit for each of the last calls, 1 if it failed. */
    private int window;

    private int windowSize;

    CircuitBreaker(int maxFailuresInARow, long minBreak, long maxBreak) {
        this.maxFailuresInARow = maxFailuresInARow;
        this.minBreak = minBreak;
        this.maxBreak = maxBreak;
        this.nextBreak = minBreak;
    }

    State state() {
        return state;
    }

    int failuresInARow() {
        return failuresInARow;
    }

    /** The nanoseconds until a call may be made: 0 now, {@link Long#MAX_VALUE} after a call. */
    long nanosUntilCall(long now) {
        switch (state) {
            case OPEN:
                return Math.max(0, nextTry - now);
            case HALF_OPEN:
                return Long.MAX_VALUE;
            default:
                return 0;
        }
    }

    /** A call begins, which {@link #nanosUntilCall} allows. Returns whether it is a trial. */
    boolean begin() {
        if (state == State.OPEN) {
            state = State.HALF_OPEN;
            return true;
        }
        return false;
    }

    /**
     * The service has answered a call.
     *
     * @param trial whether it was the trial of a half-open breaker
     */
    void succeeded(boolean trial) {
        if (trial) {
            state = State.CLOSED;
            nextBreak = minBreak;
            failuresInARow = 0;
            window = 0;
            windowSize = 0;
        } else if (state == State.CLOSED) {
            failuresInARow = 0;
            record(0);
        }
    }

    /** The service has not answered a call. */
    void failed(boolean trial, long now) {
        failuresInARow++;
        if (trial) {
            open(now);
        } else if (state == State.CLOSED) {
            record(1);
            if (failuresInARow >= maxFailuresInARow
                    || (windowSize == WINDOW && Integer.bitCount(window) >= WINDOW_FAILURES)) {
                open(now);
            }
        }
    }

    private void record(int failed) {
        window = (window << 1 | failed) & ((1 << WINDOW) - 1);
        windowSize = Math.min(WINDOW, windowSize + 1);
    }

    private void open(long now) {
        state = State.OPEN;
        nextTry = now + nextBreak;
        nextBreak = Math.min(maxBreak, 2 * nextBreak);
    }
}
