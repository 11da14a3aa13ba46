// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Asserts that job output is what the reference expects; for the tests of the jobs. */
public final class JobOutput {

    private static final int MIN_FLIGHTS = 1000;

    private final ExpectedResults expected;

    private JobOutput(ExpectedResults expected) {
        this.expected = expected;
    }

    /** The output that the jobs must have for a file of flights and an out-of-orderness. */
    public static JobOutput expectedFor(Path flights, Duration outOfOrderness) throws IOException {
        return new JobOutput(ExpectedResults.of(flights, outOfOrderness.toMinutes()));
    }

    /** Compares what the DataStream job wrote. */
    public void assertHourlyAndLate(Path hourly, Path late) throws IOException {
        assertSame(
                "hourly rows",
                expected.hourly(),
                OutputDirectory.read(Schema.HOURLY, hourly).rows());
        assertSame("late rows", expected.late(), OutputDirectory.read(Schema.LATE, late).rows());
    }

    /** Compares what the query printed. */
    public void assertTop(Path airports, Path printed) throws IOException {
        List<Row> top = expected.top(Airports.read(airports), MIN_FLIGHTS);
        assertThat(top).hasSize(ExpectedResults.TOP);
        assertSame("top", top, TableauChangelog.read(Schema.TOP, printed).rows());
    }

    /** How many flights there are. */
    public long flights() {
        return expected.flights();
    }

    /** How many hourly rows there must be in the end. */
    public int hourlyRows() {
        return expected.hourly().size();
    }

    /** How many hourly rows the finished files hold now. */
    public static int hourlyRowsIn(Path hourly) throws IOException {
        return OutputDirectory.read(Schema.HOURLY, hourly).rows().size();
    }

    private static void assertSame(String what, List<Row> expected, List<Row> actual) {
        Comparison comparison = Comparison.of(what, expected, actual);
        assertThat(comparison.differences()).as(comparison.toString()).isEmpty();
    }
}
