// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

/** How a process ended and what it wrote. */
record ProcessResult(String command, int exitCode, String stdout, String stderr) {

    /** Both streams, standard output first. */
    String output() {
        return stdout + stderr;
    }

    /** Returns this if the exit code is 0, and fails with all that was written otherwise. */
    ProcessResult succeeded() {
        if (exitCode != 0) {
            throw new AssertionError("Failed: " + this);
        }
        return this;
    }

    @Override
    public String toString() {
        return command
                + "\n--- exit code "
                + exitCode
                + "\n--- stdout\n"
                + stdout
                + "\n--- stderr\n"
                + stderr;
    }
}
