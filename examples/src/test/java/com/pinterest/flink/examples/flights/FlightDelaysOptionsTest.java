// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FlightDelaysOptionsTest {

    @Test
    void readsAllOptions() {
        // when
        FlightDelaysOptions options =
                parse(
                        "--input a --output b --late c --rate 20000 --hold-at 7 --hold-until d"
                                + " --out-of-orderness 90");

        // then
        assertThat(options.input()).hasToString("a");
        assertThat(options.output()).hasToString("b");
        assertThat(options.late()).hasToString("c");
        assertThat(options.rate()).isEqualTo(20_000);
        assertThat(options.hold().isReached(6)).isFalse();
        assertThat(options.hold().isReached(7)).isTrue();
        assertThat(options.outOfOrderness()).isEqualTo(Duration.ofMinutes(90));
    }

    @Test
    void hasDefaults() {
        // when
        FlightDelaysOptions options = parse("--late c --output b --input a");

        // then
        assertThat(options.rate()).isEqualTo(RowRate.UNLIMITED);
        assertThat(options.hold()).isSameAs(RowHold.NONE);
        assertThat(options.outOfOrderness()).isEqualTo(Duration.ofDays(1));
    }

    @ParameterizedTest
    @CsvSource({
        "--output b --late c, option --input is missing",
        "--input a --late c, option --output is missing",
        "--input a --output b, option --late is missing",
        "--input a --output b --late, option --late has no value",
        "--input --output b --late c, option --input has no value",
        "--input a --input b, option --input is given twice",
        "--inptu a --output b --late c, unknown option '--inptu'",
        "--input a --output b --late c --rate fast, option --rate must be a whole number from 0",
        "--input a --output b --late c --rate -1, option --rate must be a whole number from 0",
        "--input a --output b --late c --hold-at half, option --hold-at must be a whole number",
        "--input a --output b --late c --hold-at -1, option --hold-at must be a whole number",
        "--input a --output b --late c --hold-at, option --hold-at has no value",
        "--input a --output b --late c --hold-until d, option --hold-until needs --hold-at",
        "--input a --output b --late c --out-of-orderness 1h, option --out-of-orderness must be",
        "--input a --output b --late b, --output and --late are the same directory",
    })
    void namesTheOptionThatIsWrong(String commandLine, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(commandLine))
                .withMessageStartingWith(message);
    }

    @Test
    void helpNamesAllOptions() {
        assertThat(FlightDelaysOptions.USAGE)
                .contains("--input FILE", "--output DIR", "--late DIR", "--rate ROWS_PER_SECOND")
                .contains("--hold-at ROW", "--hold-until FILE", "--out-of-orderness MINUTES");
    }

    @Test
    void jobRefusesAnInputThatIsNotOneFile(@TempDir Path directory) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> main("--input " + directory + " --output b --late c"))
                .withMessageContaining("--input")
                .withMessageContaining("is a directory");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> main("--input " + directory + "/no --output b --late c"))
                .withMessageContaining("--input: there is no file");
    }

    private static FlightDelaysOptions parse(String commandLine) {
        return FlightDelaysOptions.parse(commandLine.split(" "));
    }

    private static void main(String commandLine) throws Exception {
        FlightDelays.main(commandLine.split(" "));
    }
}
