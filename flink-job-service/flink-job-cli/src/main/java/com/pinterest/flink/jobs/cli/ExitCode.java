// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.cli;

/** Exit codes, for scripts. */
final class ExitCode {

    static final int OK = 0;
    static final int INTERNAL = 1;
    static final int USAGE = 2;
    static final int NOT_FOUND = 3;
    static final int REFUSED = 4;
    static final int SPEC_SAYS_NO = 5;
    static final int FAILED_RUNS_ON = 6;
    static final int FAILED = 7;
    static final int TIMED_OUT = 8;
    static final int NOT_ALLOWED = 9;
    static final int UNREACHABLE = 10;

    private ExitCode() {}

    /** The code for an answer that reports a problem. */
    static int ofStatus(int status, String code) {
        if (code.equals("bad-specification")) {
            return SPEC_SAYS_NO;
        }
        return switch (status) {
            case 400 -> USAGE;
            case 401, 403 -> NOT_ALLOWED;
            case 404 -> NOT_FOUND;
            case 409, 412, 422 -> REFUSED;
            default -> INTERNAL;
        };
    }

    /** The code for the end of an operation. */
    static int ofOperation(String state) {
        return switch (state) {
            case "SUCCEEDED" -> OK;
            case "FAILED_RUNS_ON", "ROLLED_BACK", "ABORTED" -> FAILED_RUNS_ON;
            case "FAILED" -> FAILED;
            default -> TIMED_OUT;
        };
    }
}
