// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.tool;

import java.io.PrintStream;
import java.util.Map;
import java.util.TreeMap;

/**
 * The command line of the archive, {@code bin/flink-archive}, without {@code run}, which is {@link
 * ArchiverJob}. Exit codes: 0 all is well, 1 something was found that is not, 2 the command could
 * not be carried out.
 */
public final class ArchiveTool {

    static final String USAGE =
            String.join(
                    "\n",
                    "Usage: flink-archive VERB OPTIONS",
                    "  run      archives Kafka topics, as a Flink job",
                    "  ls       lists what the archive and Kafka have",
                    "  check    looks for damage and gaps; with --savepoint, says whether KafkaSource"
                            + " can resume",
                    "  seek     says where a timestamp or an offset lies",
                    "  repair   fills gaps and replaces damaged segments from Kafka",
                    "  merge    makes large segments of small ones",
                    "  expire   deletes what is too old",
                    "Each verb has --help; all but run have --json. Options of Kafka's clients:"
                            + " --property KEY=VALUE.",
                    "Exit codes: 0 ok, 1 something is wrong with the archive, 2 the command could"
                            + " not be carried out.");

    private static final Map<String, Command> COMMANDS =
            new TreeMap<>(
                    Map.of(
                            "ls", new ListCommand(),
                            "check", new CheckCommand(),
                            "seek", new SeekCommand(),
                            "repair", new RepairCommand(),
                            "merge", new MergeCommand(),
                            "expire", new ExpireCommand()));

    private ArchiveTool() {}

    /** Runs a command with the file systems of the Flink installation, and exits. */
    public static void main(String[] arguments) {
        CommandLine.loadFileSystems();
        System.exit(run(System.out, System.err, arguments));
    }

    /** Runs a command and returns the exit code. */
    static int run(PrintStream out, PrintStream err, String... arguments) {
        return new CommandLine("flink-archive", USAGE, COMMANDS).run(out, err, arguments);
    }
}
