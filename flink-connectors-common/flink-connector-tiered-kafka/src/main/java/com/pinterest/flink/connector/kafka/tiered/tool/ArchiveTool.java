// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.tool;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.plugin.PluginUtils;

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
        Configuration configuration = GlobalConfiguration.loadConfiguration();
        FileSystem.initialize(
                configuration, PluginUtils.createPluginManagerFromRootFolder(configuration));
        System.exit(run(System.out, System.err, arguments));
    }

    /** Runs a command and returns the exit code. */
    static int run(PrintStream out, PrintStream err, String... arguments) {
        List<String> all = Arrays.asList(arguments);
        if (all.isEmpty()) {
            err.println(USAGE);
            return Command.FAILED;
        }
        String verb = all.get(0);
        if (verb.equals("--help") || verb.equals("-h") || verb.equals("help")) {
            out.println(USAGE);
            return Command.OK;
        }
        Command command = COMMANDS.get(verb);
        if (command == null) {
            err.println("flink-archive: there is no verb '" + verb + "'");
            err.println(USAGE);
            return Command.FAILED;
        }
        List<String> rest = all.subList(1, all.size());
        if (rest.contains("--help") || rest.contains("-h")) {
            out.println(command.usage());
            return Command.OK;
        }
        try {
            Set<String> flags = new HashSet<>(command.flags());
            flags.add("--json");
            Arguments parsed = Arguments.parse(rest, command.options(), flags);
            return command.run(parsed, new Output(out, err, parsed.has("--json")));
        } catch (UsageException e) {
            err.println("flink-archive " + verb + ": " + e.getMessage());
            err.println("See flink-archive " + verb + " --help");
            return Command.FAILED;
        } catch (IOException | RuntimeException e) {
            err.println("flink-archive " + verb + " failed: " + describe(e));
            return Command.FAILED;
        }
    }

    /** Returns the messages of an exception and its causes, each once. */
    private static String describe(Throwable failure) {
        StringBuilder text = new StringBuilder();
        for (Throwable each = failure; each != null; each = each.getCause()) {
            String message = each.getMessage() == null ? each.toString() : each.getMessage();
            if (text.indexOf(message) < 0) {
                text.append(text.length() == 0 ? "" : ": ").append(message);
            }
        }
        return text.toString();
    }
}
