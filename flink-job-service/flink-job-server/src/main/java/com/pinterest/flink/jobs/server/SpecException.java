// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import java.util.List;

/** A job specification with mistakes; each names its file and line. */
final class SpecException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<Mistake> mistakes;

    /**
     * A mistake.
     *
     * @param line from 1
     */
    record Mistake(String file, int line, String message) {
        @Override
        public String toString() {
            return file + ":" + line + ": " + message;
        }
    }

    SpecException(List<Mistake> mistakes) {
        super(String.join("\n", mistakes.stream().map(Mistake::toString).toList()));
        this.mistakes = List.copyOf(mistakes);
    }

    List<Mistake> mistakes() {
        return mistakes;
    }
}
