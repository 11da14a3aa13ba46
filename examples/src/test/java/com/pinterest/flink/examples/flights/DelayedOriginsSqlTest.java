// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.examples.flights.reference.JobOutput;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.config.ExecutionConfigOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the SQL file statement by statement, as the SQL client does. */
@Timeout(1800)
final class DelayedOriginsSqlTest {

    private static final Pattern SET = Pattern.compile("SET '([^']+)' = '([^']+)'");

    @TempDir private Path directory;

    @Test
    void agreesWithTheReference() throws Exception {
        // given
        List<String> queries = new ArrayList<>();
        Configuration settings = new Configuration();
        // A loaded machine must not look like a lost process.
        settings.setString("heartbeat.timeout", "10 min");
        settings.setString("pekko.startup-timeout", "10 min");
        settings.setString("pekko.ask.timeout", "10 min");
        for (String statement : statements()) {
            Matcher set = SET.matcher(statement);
            if (set.matches()) {
                settings.setString(set.group(1), set.group(2));
            } else {
                queries.add(statement);
            }
        }
        TableEnvironment tables =
                TableEnvironment.create(
                        EnvironmentSettings.newInstance().withConfiguration(settings).build());
        assertThat(tables.getConfig().get(ExecutionConfigOptions.TABLE_EXEC_MINIBATCH_ENABLED))
                .isTrue();

        // when
        Path printed = directory.resolve("printed.txt");
        for (String query : queries) {
            if (query.startsWith("SELECT")) {
                assertThat(tables.explainSql(query)).contains("MiniBatchAssigner");
                printTo(printed, tables, query);
            } else {
                tables.executeSql(query);
            }
        }

        // then, the query knowing no late rows
        JobOutput.expectedFor(ExampleData.FLIGHTS, Duration.ZERO)
                .assertTop(ExampleData.AIRPORTS, printed);
    }

    private static List<String> statements() throws IOException {
        String text =
                Files.readAllLines(ExampleData.DELAYED_ORIGINS).stream()
                        .filter(line -> !line.startsWith("--"))
                        .collect(Collectors.joining(" "));
        return Pattern.compile(";")
                .splitAsStream(
                        text.replace("${FLIGHTS}", ExampleData.FLIGHTS.toString())
                                .replace("${AIRPORTS}", ExampleData.AIRPORTS.toString()))
                .map(String::strip)
                .filter(statement -> !statement.isEmpty())
                .toList();
    }

    /** What the SQL client shows in tableau mode is what a table result prints to the console. */
    private static void printTo(Path file, TableEnvironment tables, String query)
            throws IOException {
        PrintStream console = System.out;
        try (PrintStream out = new PrintStream(file.toFile(), StandardCharsets.UTF_8)) {
            System.setOut(out);
            tables.executeSql(query).print();
        } finally {
            System.setOut(console);
        }
    }
}
