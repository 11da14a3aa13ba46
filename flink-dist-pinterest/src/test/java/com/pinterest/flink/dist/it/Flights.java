// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * One run of the example job FlightDelays, over the first rows of the example data: its arguments,
 * its output, and the check by the example's reference program that no row is lost, wrong or there
 * twice.
 */
final class Flights {

    static final String JOB_CLASS = "com.pinterest.flink.examples.flights.FlightDelays";

    private static final String OUTPUT = "hourly";
    private static final String LATE = "late";

    private static final String REFERENCE_CLASS =
            "com.pinterest.flink.examples.flights.reference.FlightsReference";

    /** Fewer than the job's default, so that a short run closes windows and has late rows. */
    private static final String OUT_OF_ORDERNESS_MINUTES = "240";

    /**
     * The reference checks the SQL example too. No airport has so many flights, so its table is
     * empty; as is the one that a row is added to and taken from.
     */
    private static final String TOO_MANY_FLIGHTS = "100000000";

    private static final String EMPTY_TOP =
            """
            | +I | 1 | AAA | airport | city | 1 | 1.00 |
            | -D | 1 | AAA | airport | city | 1 | 1.00 |
            """;

    private static final Path EXAMPLE =
            FlinkTree.DISTRIBUTION.home().resolve("examples").resolve("flights");

    private final Path directory;
    private final int rows;
    private final String outputRoot;
    private final List<String> hold;

    private Flights(Path directory, int rows, String outputRoot, List<String> hold) {
        this.directory = directory;
        this.rows = rows;
        this.outputRoot = outputRoot;
        this.hold = hold;
    }

    /** Prepares a run over a number of rows, with all files in a directory. */
    static Flights in(Path directory, int rows) throws IOException {
        Flights flights = new Flights(directory, rows, directory.toString(), List.of());
        flights.writeInput();
        return flights;
    }

    /**
     * The same run with its output elsewhere; the two directories there have to be copied to the
     * run's own before they can be checked.
     */
    Flights withOutputIn(String url) {
        return new Flights(directory, rows, url, hold);
    }

    /**
     * The same run, with a source that holds behind so many rows until {@link #release}, however
     * long that takes. A run that goes on from its savepoint holds only if it is told to, too.
     */
    Flights holdingAt(int row) {
        List<String> options =
                List.of(
                        "--hold-at",
                        Integer.toString(row),
                        "--hold-until",
                        releaseFile().toString());
        return new Flights(directory, rows, outputRoot, options);
    }

    /** Lets the source go on that holds. */
    void release() throws IOException {
        Files.createFile(releaseFile());
    }

    private void writeInput() throws IOException {
        Path data = EXAMPLE.resolve("data").resolve("flights-2001-01.csv.gz");
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(data)), UTF_8))) {
            Files.write(input(), lines.lines().limit(rows).toList());
        }
    }

    /** The job's jar, the same file for both trees. */
    static String jar() {
        return EXAMPLE.resolve("FlightDelays.jar").toString();
    }

    int rows() {
        return rows;
    }

    /** A command line that ends in the job's jar and its arguments. */
    String[] command(int rowsPerSecond, String... start) {
        List<String> command = new ArrayList<>(List.of(start));
        command.add(jar());
        command.addAll(arguments(rowsPerSecond));
        return command.toArray(new String[0]);
    }

    /** The job's arguments; a rate of 0 is unlimited. */
    List<String> arguments(int rowsPerSecond) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--input",
                                input().toString(),
                                "--output",
                                outputRoot + "/" + OUTPUT,
                                "--late",
                                outputRoot + "/" + LATE,
                                "--rate",
                                Integer.toString(rowsPerSecond),
                                "--out-of-orderness",
                                OUT_OF_ORDERNESS_MINUTES));
        arguments.addAll(hold);
        return arguments;
    }

    /** The arguments of the job on a topic and its archive, in another class of the jar. */
    List<String> logArguments(String brokers, String topic, String archive, String... more) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--bootstrap-servers",
                                brokers,
                                "--topic",
                                topic,
                                "--archive",
                                archive,
                                "--tier",
                                "auto",
                                "--output",
                                outputRoot + "/" + OUTPUT,
                                "--late",
                                outputRoot + "/" + LATE,
                                "--out-of-orderness",
                                OUT_OF_ORDERNESS_MINUTES));
        arguments.addAll(List.of(more));
        return arguments;
    }

    /** How many result rows stand in finished files. */
    long rowsWritten() throws IOException {
        long lines = 0;
        try (Stream<Path> files = Files.list(output())) {
            for (Path file : files.toList()) {
                if (file.getFileName().toString().startsWith("part-")) {
                    lines += Files.readAllLines(file).size();
                }
            }
        }
        return lines;
    }

    /** Fails if the output is not exactly what the reference program works out from the input. */
    void assertComplete() throws IOException, InterruptedException {
        Path top = Files.writeString(directory.resolve("top.txt"), EMPTY_TOP);
        ProcessResult reference =
                RunningProcess.startJava(
                                directory,
                                List.of(
                                        "-cp",
                                        jar(),
                                        REFERENCE_CLASS,
                                        "--flights",
                                        input().toString(),
                                        "--airports",
                                        EXAMPLE.resolve("data").resolve("airports.csv").toString(),
                                        "--hourly",
                                        output().toString(),
                                        "--late",
                                        late().toString(),
                                        "--top",
                                        top.toString(),
                                        "--out-of-orderness",
                                        OUT_OF_ORDERNESS_MINUTES,
                                        "--min-flights",
                                        TOO_MANY_FLIGHTS))
                        .await(Await.PATIENCE);
        reference.succeeded();
        assertThat(reference.stdout()).contains(rows + " flights, ");
    }

    Path input() {
        return directory.resolve("flights.csv");
    }

    private Path releaseFile() {
        return directory.resolve("go-on");
    }

    private Path output() {
        return directory.resolve(OUTPUT);
    }

    private Path late() {
        return directory.resolve(LATE);
    }
}
