// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.tool;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.plugin.PluginUtils;

/**
 * A command line with verbs.
 *
 * <p>Immutable.
 */
final class CommandLine {

    private final String name;
    private final String usage;
    private final Map<String, Command> commands;

    /**
     * @param name of the script
     * @param usage what {@code --help} prints without a verb
     */
    CommandLine(String name, String usage, Map<String, Command> commands) {
        this.name = name;
        this.usage = usage;
        this.commands = commands;
    }

    /** Makes the file systems of the Flink installation known. */
    static void loadFileSystems() {
        Configuration configuration = GlobalConfiguration.loadConfiguration();
        FileSystem.initialize(
                configuration, PluginUtils.createPluginManagerFromRootFolder(configuration));
    }

    /** Runs a command and returns the exit code. */
    int run(PrintStream out, PrintStream err, String... arguments) {
        List<String> all = Arrays.asList(arguments);
        if (all.isEmpty()) {
            err.println(usage);
            return Command.FAILED;
        }
        String verb = all.get(0);
        if (verb.equals("--help") || verb.equals("-h") || verb.equals("help")) {
            out.println(usage);
            return Command.OK;
        }
        Command command = commands.get(verb);
        if (command == null) {
            err.println(name + ": there is no verb '" + verb + "'");
            err.println(usage);
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
            int options =
                    command.takesOperands()
                            ? Arguments.countOptions(rest, command.options())
                            : rest.size();
            Arguments parsed =
                    Arguments.parse(rest.subList(0, options), command.options(), flags)
                            .withOperands(rest.subList(options, rest.size()));
            return command.run(parsed, new Output(out, err, parsed.has("--json")));
        } catch (UsageException e) {
            err.println(name + " " + verb + ": " + e.getMessage());
            err.println("See " + name + " " + verb + " --help");
            return Command.FAILED;
        } catch (IOException | RuntimeException e) {
            err.println(name + " " + verb + " failed: " + describe(e));
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
