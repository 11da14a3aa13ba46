// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.tool;

import java.io.IOException;
import java.util.Set;

/** One verb of the command line. */
interface Command {

    /** Everything is as it should be, or was done. */
    int OK = 0;

    /** The command has found something that is not as it should be. */
    int FOUND = 1;

    /** Wrong arguments, or the command could not be carried out. */
    int FAILED = 2;

    /** Returns what {@code --help} prints. */
    String usage();

    /** Returns the names of the options with a value. */
    Set<String> options();

    /** Returns the names of the options without one. */
    Set<String> flags();

    /**
     * Returns whether an argument without a name ends the options: it and all after it are {@link
     * Arguments#operands()}.
     */
    default boolean takesOperands() {
        return false;
    }

    /**
     * Carries the command out.
     *
     * @return the exit code
     * @throws UsageException if the arguments are wrong
     * @throws IOException if the archive or Kafka fails
     */
    int run(Arguments arguments, Output output) throws IOException;
}
