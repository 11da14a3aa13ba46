// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.cli;

/** The end of a command, with a message for its user. */
final class CliException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    CliException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
