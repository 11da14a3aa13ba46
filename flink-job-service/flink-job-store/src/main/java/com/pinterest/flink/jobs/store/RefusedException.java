// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.store;

/** A request that does not fit what is stored; nothing was changed. */
public final class RefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Why it was refused. */
    public enum Reason {
        /** There is no such thing. */
        NOT_FOUND,
        /** It has changed since it was read. */
        STALE,
        /** Another operation on the job is open. */
        OPERATION_OPEN,
        /** The job does not run, or runs. */
        WRONG_PHASE,
        /** The key was used for another request. */
        KEY_REUSED
    }

    private final Reason reason;
    private final String operation;

    public RefusedException(Reason reason, String message) {
        this(reason, message, "");
    }

    RefusedException(Reason reason, String message, String operation) {
        super(message);
        this.reason = reason;
        this.operation = operation;
    }

    /** Returns why. */
    public Reason reason() {
        return reason;
    }

    /** Returns the id of the operation that is in the way, empty if there is none. */
    public String operation() {
        return operation;
    }
}
