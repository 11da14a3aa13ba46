// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.tool;

import com.pinterest.flink.connector.kafka.tiered.config.EffectiveOptions;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.client.program.PackagedProgram;
import org.apache.flink.client.program.PackagedProgramUtils;
import org.apache.flink.client.program.ProgramInvocationException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;

/**
 * {@code explain}: the value that each option of the sources, sinks and tables of a job has, and
 * where it comes from. The job is built, as it is to be submitted, but not run.
 */
final class ExplainCommand implements Command {

    /** A statement ends at a semicolon that is neither in quotes nor in a comment. */
    private static final Pattern STATEMENT =
            Pattern.compile(
                    "((?:'(?:[^']|'')*'|`[^`]*`|--[^\\n]*|/\\*.*?\\*/|[^;])*);?", Pattern.DOTALL);

    private static final Pattern COMMENT =
            Pattern.compile("('(?:[^']|'')*'|`[^`]*`)|--[^\\n]*|/\\*.*?\\*/", Pattern.DOTALL);

    private static final Pattern SET =
            Pattern.compile("(?is)SET\\s+'([^']+)'\\s*=\\s*'((?:[^']|'')*)'");

    private static final Pattern QUERY =
            Pattern.compile(
                    "(?is)(INSERT|SELECT|WITH|EXECUTE|CREATE\\s+TABLE\\s.*\\sAS\\s+SELECT)\\s.*");

    private static final Pattern DEFINITION = Pattern.compile("(?is)(CREATE|USE|LOAD)\\s.*");

    /** Brackets around statements, which are explained one by one. */
    private static final Pattern STATEMENT_SET =
            Pattern.compile(
                    "(?is)(EXECUTE\\s+STATEMENT\\s+SET\\s+)?BEGIN(\\s+STATEMENT\\s+SET)?|END");

    private static final Pattern STATEMENT_SET_START =
            Pattern.compile("(?is)EXECUTE\\s+STATEMENT\\s+SET\\s+BEGIN\\s+");

    @Override
    public String usage() {
        return String.join(
                "\n",
                "Usage: flink-connectors explain [options] JOB.jar [ARGUMENTS OF THE JOB]",
                "       flink-connectors explain [options] STATEMENTS.sql",
                "Shows the value that each option of the job's sources, sinks and tables has, and"
                        + " where it",
                "comes from. Secrets are hidden. The job is built but not run: its main method runs"
                        + " until it",
                "executes the job; CREATE, USE, LOAD and SET of a file are carried out.",
                "  --class NAME     class with the main method, if the manifest names none",
                "  --set KEY=VALUE  replaces an entry of Flink's configuration, as -D of flink run"
                        + " does");
    }

    @Override
    public Set<String> options() {
        return Set.of("--class", "--set");
    }

    @Override
    public Set<String> flags() {
        return Set.of();
    }

    @Override
    public boolean takesOperands() {
        return true;
    }

    @Override
    public int run(Arguments arguments, Output output) throws IOException {
        List<String> operands = arguments.operands();
        if (operands.isEmpty()) {
            throw new UsageException("The job is missing: a jar, or a file of SQL statements");
        }
        File job = new File(operands.get(0));
        if (!job.isFile()) {
            throw new UsageException("There is no file " + job);
        }
        Path told = Files.createTempFile("connectors-explain", null);
        try {
            Configuration configuration = GlobalConfiguration.loadConfiguration();
            arguments.settings().forEach(configuration::setString);
            configuration.set(EffectiveOptions.FILE, told.toString());
            if (job.getName().toLowerCase(Locale.ROOT).endsWith(".jar")) {
                build(
                        job,
                        arguments.find("--class").orElse(null),
                        operands.subList(1, operands.size()),
                        configuration);
            } else {
                explain(Files.readString(job.toPath()), configuration);
            }
            print(Files.readAllLines(told, StandardCharsets.UTF_8), output);
        } finally {
            Files.delete(told);
        }
        return OK;
    }

    private static void build(
            File jar, String mainClass, List<String> arguments, Configuration configuration)
            throws IOException {
        try (PackagedProgram program =
                PackagedProgram.newBuilder()
                        .setJarFile(jar)
                        .setEntryPointClassName(mainClass)
                        .setArguments(arguments.toArray(new String[0]))
                        .setConfiguration(configuration)
                        .build()) {
            PackagedProgramUtils.getPipelineFromProgram(program, configuration, 1, true);
        } catch (ProgramInvocationException e) {
            throw new IOException("Cannot build the job of " + jar, e);
        }
    }

    private static void explain(String script, Configuration configuration) {
        TableEnvironment environment = null;
        for (String statement : statements(script)) {
            Matcher set = SET.matcher(statement);
            boolean sets = set.matches();
            if (environment == null && !sets) {
                // Not before: the runtime mode cannot be set later.
                environment =
                        TableEnvironment.create(
                                EnvironmentSettings.newInstance()
                                        .withConfiguration(configuration)
                                        .build());
            }
            if (sets) {
                String value = set.group(2).replace("''", "'");
                if (environment == null) {
                    configuration.setString(set.group(1), value);
                } else {
                    environment.getConfig().set(set.group(1), value);
                }
            } else if (QUERY.matcher(statement).matches()) {
                environment.explainSql(statement);
            } else if (DEFINITION.matcher(statement).matches()) {
                environment.executeSql(statement);
            } else {
                throw new UsageException("Cannot explain a file with '" + statement + "'");
            }
        }
    }

    /** Returns the statements without comments. */
    static List<String> statements(String script) {
        List<String> statements = new ArrayList<>();
        Matcher matcher = STATEMENT.matcher(script);
        while (matcher.find()) {
            String statement =
                    COMMENT.matcher(matcher.group(1))
                            .replaceAll(
                                    match ->
                                            match.group(1) == null
                                                    ? " "
                                                    : Matcher.quoteReplacement(match.group(1)))
                            .trim();
            statement = STATEMENT_SET_START.matcher(statement).replaceFirst("");
            if (!statement.isEmpty() && !STATEMENT_SET.matcher(statement).matches()) {
                statements.add(statement);
            }
        }
        return statements;
    }

    private static void print(List<String> told, Output output) {
        Map<String, Map<String, Object>> owners = new LinkedHashMap<>();
        for (String line : new TreeSet<>(told)) {
            String[] fields = line.split("\t", -1);
            owners.computeIfAbsent(fields[0], missing -> new LinkedHashMap<>())
                    .put(fields[1], Output.object("value", fields[2], "origin", fields[3]));
        }
        int width =
                owners.values().stream()
                        .flatMap(options -> options.keySet().stream())
                        .mapToInt(String::length)
                        .max()
                        .orElse(0);
        owners.forEach(
                (owner, options) -> {
                    output.line("%s", owner);
                    options.forEach(
                            (option, setting) -> {
                                Map<?, ?> told1 = (Map<?, ?>) setting;
                                output.line(
                                        "  %-" + width + "s  %s  (%s)",
                                        option,
                                        told1.get("value"),
                                        told1.get("origin"));
                            });
                });
        if (owners.isEmpty()) {
            output.line("%s", "The job has no sources, sinks or tables of this connector");
        }
        output.document(
                owners.entrySet().stream()
                        .collect(
                                Collectors.toMap(
                                        Map.Entry::getKey,
                                        Map.Entry::getValue,
                                        (one, other) -> one,
                                        LinkedHashMap::new)));
    }
}
