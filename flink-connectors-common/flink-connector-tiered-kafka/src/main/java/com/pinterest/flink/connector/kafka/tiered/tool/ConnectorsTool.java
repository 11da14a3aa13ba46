// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.tool;

import java.io.PrintStream;
import java.util.Map;
import java.util.TreeMap;

/**
 * The command line of the connectors, {@code bin/flink-connectors}. Exit codes: 0 all is well, 1
 * something was found that is not, 2 the command could not be carried out.
 */
public final class ConnectorsTool {

    static final String USAGE =
            String.join(
                    "\n",
                    "Usage: flink-connectors VERB OPTIONS",
                    "  explain       shows the options that the sources, sinks and tables of a job"
                            + " have",
                    "  transactions  lists open transactions of Kafka sinks, and aborts them",
                    "Each verb has --help and --json. Options of Kafka's clients: --property"
                            + " KEY=VALUE.",
                    "Exit codes: 0 ok, 1 something was found, 2 the command could not be carried"
                            + " out.");

    private static final Map<String, Command> COMMANDS =
            new TreeMap<>(
                    Map.of(
                            "explain",
                            new ExplainCommand(),
                            "transactions",
                            new TransactionsCommand()));

    private ConnectorsTool() {}

    /** Runs a command with the file systems of the Flink installation, and exits. */
    public static void main(String[] arguments) {
        CommandLine.loadFileSystems();
        System.exit(run(System.out, System.err, arguments));
    }

    /** Runs a command and returns the exit code. */
    static int run(PrintStream out, PrintStream err, String... arguments) {
        return new CommandLine("flink-connectors", USAGE, COMMANDS).run(out, err, arguments);
    }
}
