// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the program in a process that has the module's own classes only: were it to use Flink, it
 * would not start.
 */
@Timeout(600)
final class FlightsReferenceTest {

    @TempDir private Path directory;

    private Path hourly;
    private Path late;
    private Path top;

    @BeforeEach
    void writeFilesThatAgree() throws IOException {
        write(
                "flights.csv",
                "2001-01-01 00:10:00,0,100,LAX,ORD",
                "2001-01-01 00:20:00,15,200,LAX,SFO",
                "2001-01-01 00:30:00,150,300,ORD,LAX",
                "2001-01-01 00:40:00,-5,100,LAX,ORD",
                "2001-01-01 01:50:00,10,100,LAX,ORD");
        write(
                "airports.csv",
                "LAX,Los Angeles International,Los Angeles,CA,USA,33.94,-118.4",
                "ORD,\"Chicago \"\"O'Hare\"\", Intl\",Chicago,IL,USA,41.97,-87.9");
        hourly =
                write(
                        "hourly/part-a-0.csv",
                        "2001-01-01 03:00:00,ORD,1,150,150.00,150,300",
                        "2001-01-01 00:00:00,LAX,2,15,7.50,15,300");
        write("hourly/part-b-0.csv", "2001-01-01 02:00:00,LAX,1,10,10.00,10,100");
        late = write("late/part-a-0.csv", "2001-01-01 00:40:00,-5,100,LAX,ORD,145");
        top =
                write(
                        "top.txt",
                        "Flink SQL> [INFO] Execute statement succeeded.",
                        "+----+----------------------+--------+",
                        "| op | place | origin | airport | city | flights | mean_delay |",
                        "+----+----------------------+--------+",
                        "| +I | 1 | LAX | Los Angeles International | Los Angeles | 2 |  7.50 |",
                        "| -U | 1 | LAX | Los Angeles International | Los Angeles | 2 |  7.50 |",
                        "| +U | 1 | ORD |    Chicago \"O'Hare\", Intl |     Chicago | 1 | 150.00 |",
                        "| +I | 2 | LAX | Los Angeles International | Los Angeles | 3 |  3.33 |",
                        "| -D | 2 | LAX | Los Angeles International | Los Angeles | 3 |  3.33 |",
                        "| +I | 2 | LAX | Los Angeles International | Los Angeles | 4 |  5.00 |",
                        "Received a total of 6 rows");
    }

    @Test
    void acceptsOutputThatAgrees() throws Exception {
        // when
        Result result = run();

        // then
        assertThat(result.output)
                .contains(
                        "  place  origin  airport                    city         flights "
                                + " mean_delay",
                        "      1  ORD     Chicago \"O'Hare\", Intl     Chicago            1     "
                                + " 150.00",
                        "hourly rows: 3 rows as expected (2 finished files, 0 unfinished ignored)",
                        "late rows: 1 rows as expected (1 finished files, 0 unfinished ignored)",
                        "most delayed origins: 2 rows as expected (6 changes)")
                .endsWith("5 flights, 1 late, 3 result rows");
        assertThat(result.status).isZero();
    }

    @Test
    void ignoresWhatACrashLeftBehind() throws Exception {
        // given
        write("hourly/.part-c-0.csv.inprogress.x", "2001-01-01 02:00:00,LAX,1,10,10.00,1");

        // then
        Result result = run();
        assertThat(result.output)
                .contains(
                        "hourly rows: 3 rows as expected (2 finished files, 1 unfinished ignored)");
        assertThat(result.status).isZero();
    }

    @Test
    void findsADroppedRow() throws Exception {
        // given
        replace(late, "2001-01-01 00:40:00,-5,100,LAX,ORD,145\n", "");

        // then
        assertMismatch("  missing    1x  2001-01-01 00:40:00,-5,100,LAX,ORD,145");
    }

    @Test
    void findsADuplicatedRow() throws Exception {
        // given
        write("hourly/part-c-0.csv", "2001-01-01 02:00:00,LAX,1,10,10.00,10,100");

        // then
        assertMismatch("  duplicate  1x  2001-01-01 02:00:00,LAX,1,10,10.00,10,100");
    }

    @Test
    void findsAChangedNumber() throws Exception {
        // given
        replace(hourly, "7.50", "7.51");

        // then
        assertMismatch(
                "  missing    1x  2001-01-01 00:00:00,LAX,2,15,7.50,15,300",
                "  unexpected 1x  2001-01-01 00:00:00,LAX,2,15,7.51,15,300");
    }

    @Test
    void findsAChangedTop() throws Exception {
        // given
        replace(top, "| +I | 2 | LAX | Los Angeles International | Los Angeles | 4 |", "| noise |");

        // then
        assertMismatch("  missing    1x  2,LAX,Los Angeles International,Los Angeles,4,5.00");
    }

    @Test
    void refusesAChangelogThatTakesAwayWhatIsNotThere() throws Exception {
        // given
        replace(top, "| +I | 1 |", "| -U | 1 |");

        // then
        assertNotCompared("top.txt, line 5: takes away a row that is not there: 1,LAX");
    }

    @Test
    void refusesAnEmptyChangelog() throws Exception {
        // given
        Files.writeString(top, "[ERROR] Could not execute SQL statement.\n");

        // then
        assertNotCompared("top.txt: no line of a changelog");
    }

    @Test
    void namesFileAndLineOfAMalformedRow() throws Exception {
        // given
        replace(hourly, "LAX,2,", "LAX,two,");

        // then
        assertNotCompared("part-a-0.csv, line 2: flights is wrong: 'two'");
    }

    @Test
    void refusesAFileThatIsNotTheSinks() throws Exception {
        // given
        write("hourly/part-a-0", "2001-01-01 02:00:00,LAX,1,10,10.00,10,100");

        // then
        assertNotCompared("part-a-0: not a file of the job's sink");
    }

    @Test
    void namesTheOptionThatIsMissing() throws Exception {
        // when
        Result result = run(List.of("--flights", "x"));

        // then
        assertThat(result.status).isEqualTo(2);
        assertThat(result.output).contains("Not compared: option --hourly is missing, see --help");
    }

    @Test
    void comparesWithoutTheSqlJobIfItDidNotRun() throws Exception {
        // given
        List<String> options =
                List.of(
                        "--flights",
                        directory.resolve("flights.csv").toString(),
                        "--hourly",
                        directory.resolve("hourly").toString(),
                        "--late",
                        directory.resolve("late").toString(),
                        "--out-of-orderness",
                        "60");

        // when
        Result result = run(options);

        // then
        assertThat(result.output).endsWith("5 flights, 1 late, 3 result rows");
        assertThat(result.status).isZero();

        // when
        List<String> half = new ArrayList<>(options);
        half.addAll(List.of("--top", top.toString()));
        result = run(half);

        // then
        assertThat(result.status).isEqualTo(2);
        assertThat(result.output)
                .contains("Not compared: --airports and --top go together, see --help");
    }

    private void assertMismatch(String... differences) throws Exception {
        Result result = run();
        assertThat(result.output)
                .containsSequence(differences)
                .endsWith("MISMATCH for 5 flights, of which 1 are late, with 3 result rows");
        assertThat(result.status).isEqualTo(1);
    }

    private void assertNotCompared(String problem) throws Exception {
        Result result = run();
        assertThat(result.status).isEqualTo(2);
        assertThat(result.output).anySatisfy(line -> assertThat(line).contains(problem));
    }

    private Result run() throws Exception {
        return run(
                List.of(
                        "--flights",
                        directory.resolve("flights.csv").toString(),
                        "--airports",
                        directory.resolve("airports.csv").toString(),
                        "--hourly",
                        directory.resolve("hourly").toString(),
                        "--late",
                        directory.resolve("late").toString(),
                        "--top",
                        top.toString(),
                        "--out-of-orderness",
                        "60",
                        "--min-flights",
                        "1"));
    }

    private static Result run(List<String> options)
            throws IOException, InterruptedException, URISyntaxException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-cp");
        command.add(
                Path.of(
                                FlightsReference.class
                                        .getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toURI())
                        .toString());
        command.add(FlightsReference.class.getName());
        command.addAll(options);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output.lines().toList());
    }

    private Path write(String name, String... lines) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, String.join("\n", lines) + "\n");
    }

    private static void replace(Path file, String text, String replacement) throws IOException {
        String content = Files.readString(file);
        assertThat(content).contains(text);
        Files.writeString(file, content.replace(text, replacement));
    }

    private record Result(int status, List<String> output) {}
}
