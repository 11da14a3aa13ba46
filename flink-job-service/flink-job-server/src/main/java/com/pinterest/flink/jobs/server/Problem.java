// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.pinterest.flink.jobs.store.RefusedException;
import java.util.List;

/** An error as the client gets it: RFC 9457, with a code for programs and a hint for people. */
final class Problem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final String hint;
    private final String operation;
    private final List<String> mistakes;

    private Problem(
            int status,
            String code,
            String detail,
            String hint,
            String operation,
            List<String> mistakes) {
        super(detail);
        this.status = status;
        this.code = code;
        this.hint = hint;
        this.operation = operation;
        this.mistakes = List.copyOf(mistakes);
    }

    static Problem of(int status, String code, String detail) {
        return new Problem(status, code, detail, "", "", List.of());
    }

    static Problem of(SpecException e) {
        return new Problem(
                422,
                "bad-specification",
                "the specification has mistakes",
                "",
                "",
                e.mistakes().stream().map(Object::toString).toList());
    }

    static Problem of(RefusedException e) {
        int status =
                switch (e.reason()) {
                    case NOT_FOUND -> 404;
                    case STALE -> 412;
                    case OPERATION_OPEN, WRONG_PHASE -> 409;
                    case KEY_REUSED -> 422;
                };
        String hint =
                e.reason() == RefusedException.Reason.OPERATION_OPEN
                        ? "wait for it with: flink-jobs wait " + e.operation()
                        : "";
        return new Problem(
                status,
                e.reason().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'),
                e.getMessage(),
                hint,
                e.operation(),
                List.of());
    }

    int status() {
        return status;
    }

    /** The body of the answer. */
    Body body() {
        return new Body(
                "https://flink-job-service/problems/" + code,
                code,
                status,
                getMessage(),
                hint,
                operation,
                mistakes);
    }

    /** See RFC 9457. */
    record Body(
            String type,
            String code,
            int status,
            String detail,
            String hint,
            String operation,
            List<String> mistakes) {}
}
