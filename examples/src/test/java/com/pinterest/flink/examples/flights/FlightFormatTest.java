// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.reader.BulkFormat;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;
import org.apache.flink.connector.file.src.util.RecordAndPosition;
import org.apache.flink.core.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FlightFormatTest {

    private static final int ROWS = 5_000;

    @TempDir private java.nio.file.Path directory;

    private java.nio.file.Path file;

    @BeforeEach
    void writeFile() throws IOException {
        StringBuilder lines = new StringBuilder();
        long start = FlightTime.parse("2001-01-01 00:00:00");
        for (int row = 0; row < ROWS; row++) {
            lines.append(FlightTime.format(start + Duration.ofMinutes(row).toMillis()))
                    .append(row % 7 == 0 ? ",300" : ",-2")
                    .append(",100,LAX,ORD\n");
        }
        file = directory.resolve("flights.csv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void addsTheFrontierToEachRow() throws IOException {
        // when
        List<Flight> flights =
                read(new FlightFormat(RowRate.UNLIMITED, RowHold.NONE), split(null)).flights;

        // then
        assertThat(flights).hasSize(ROWS);
        long frontier = Long.MIN_VALUE;
        for (Flight flight : flights) {
            frontier = Math.max(frontier, flight.eventTime());
            assertThat(flight.getFrontier()).isEqualTo(frontier);
        }
    }

    @Test
    void goesOnAtAnyPositionWithTheSameRowsAndFrontiers() throws IOException {
        // given
        FlightFormat format = new FlightFormat(RowRate.UNLIMITED, RowHold.NONE);
        Rows all = read(format, split(null));

        for (int row : List.of(1, 6, 7, 8, 1999, 2000, 2001, ROWS - 1, ROWS)) {
            // when
            CheckpointedPosition position = all.positions.get(row - 1);
            Rows rest = read(format, split(position));

            // then
            assertThat(position.getRecordsAfterOffset()).isEqualTo(row);
            assertThat(rest.flights).isEqualTo(all.flights.subList(row, ROWS));
            assertThat(rest.positions).isEqualTo(all.positions.subList(row, ROWS));
        }
    }

    @Test
    @Timeout(600)
    void doesNotPaceRowsThatAreSkipped() throws IOException {
        // given a rate at which the rows to skip would take 83 minutes
        CheckpointedPosition position =
                new CheckpointedPosition(CheckpointedPosition.NO_OFFSET, ROWS - 1);

        // when
        Rows rest = read(new FlightFormat(1, RowHold.NONE), split(position));

        // then
        assertThat(rest.flights).hasSize(1);
    }

    @Test
    void keepsTheRate() throws IOException {
        // given 200 rows to read
        CheckpointedPosition position =
                new CheckpointedPosition(CheckpointedPosition.NO_OFFSET, ROWS - 200);

        // when
        long start = System.nanoTime();
        Rows rest = read(new FlightFormat(400, RowHold.NONE), split(position));
        Duration time = Duration.ofNanos(System.nanoTime() - start);

        // then small batches come, each 100 ms behind the one before
        assertThat(rest.flights).hasSize(200);
        assertThat(rest.largestBatch).isEqualTo(40);
        assertThat(time).isGreaterThan(Duration.ofMillis(400));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1999, 2000, 2001, ROWS})
    void holdsBehindARowUntilTheFileIsThere(int row) throws IOException {
        // given
        List<Flight> all =
                read(new FlightFormat(RowRate.UNLIMITED, RowHold.NONE), split(null)).flights;
        java.nio.file.Path goOn = directory.resolve("go-on");
        FlightFormat format =
                new FlightFormat(RowRate.UNLIMITED, RowHold.at(row).until(new Path(goOn.toUri())));
        try (FlightReader reader = format.createReader(new Configuration(), split(null))) {
            // when
            Rows before = new Rows();
            boolean holds = before.add(reader.readBatch()) == 0;
            while (!holds) {
                holds = before.add(reader.readBatch()) == 0;
            }

            // then it has handed out the rows up to there, and goes on to hand out none
            assertThat(before.flights).isEqualTo(all.subList(0, row));
            assertThat(before.add(reader.readBatch())).isZero();

            // when
            Files.createFile(goOn);
            Rows rest = new Rows();
            rest.addAll(reader);

            // then
            assertThat(rest.flights).isEqualTo(all.subList(row, ROWS));
        }
    }

    @Test
    void aRestoredReaderHoldsWhereItsOwnOptionsSay() throws IOException {
        // given a checkpoint in a hold
        CheckpointedPosition held = new CheckpointedPosition(CheckpointedPosition.NO_OFFSET, 3_000);
        Configuration config = new Configuration();

        // when it goes on without a hold, with a later one, with one that it has passed
        Rows toTheEnd = read(new FlightFormat(RowRate.UNLIMITED, RowHold.NONE), split(held));
        Rows toALaterRow = new Rows();
        Rows none = new Rows();
        try (FlightReader later =
                        new FlightFormat(RowRate.UNLIMITED, RowHold.at(4_000))
                                .restoreReader(config, split(held));
                FlightReader passed =
                        new FlightFormat(RowRate.UNLIMITED, RowHold.at(2_000))
                                .restoreReader(config, split(held))) {
            for (int batch = 0; batch < 3; batch++) {
                toALaterRow.add(later.readBatch());
                none.add(passed.readBatch());
            }
        }

        // then
        assertThat(toTheEnd.flights).hasSize(2_000);
        assertThat(toALaterRow.flights).isEqualTo(toTheEnd.flights.subList(0, 1_000));
        assertThat(none.flights).isEmpty();
    }

    @Test
    void aShorterFileIsReadToItsEnd() throws IOException {
        // when
        Rows all = read(new FlightFormat(RowRate.UNLIMITED, RowHold.at(ROWS + 1)), split(null));

        // then
        assertThat(all.flights).hasSize(ROWS);
    }

    @Test
    void namesTheLineOfAnErrorAfterARestartToo() throws IOException {
        // given
        java.nio.file.Path broken = directory.resolve("broken.csv");
        Files.writeString(broken, "2001-01-01 00:00:00,1,2,LAX,ORD\n".repeat(3) + "oops\n");
        file = broken;
        CheckpointedPosition position = new CheckpointedPosition(CheckpointedPosition.NO_OFFSET, 2);

        // then
        assertThatIOException()
                .isThrownBy(
                        () ->
                                read(
                                        new FlightFormat(RowRate.UNLIMITED, RowHold.NONE),
                                        split(position)))
                .withMessageContaining("broken.csv, line 4: 1 columns instead of 5");
    }

    @Test
    void refusesAFileShorterThanThePosition() {
        // given
        CheckpointedPosition position =
                new CheckpointedPosition(CheckpointedPosition.NO_OFFSET, ROWS + 1);

        // then
        assertThatIOException()
                .isThrownBy(
                        () ->
                                read(
                                        new FlightFormat(RowRate.UNLIMITED, RowHold.NONE),
                                        split(position)))
                .withMessageContaining("flights.csv.gz has 5000 rows, but 5001 had been read");
    }

    private FileSourceSplit split(CheckpointedPosition position) throws IOException {
        long length = Files.size(file);
        return new FileSourceSplit(
                "split", new Path(file.toUri()), 0, length, 0, length, new String[0], position);
    }

    private static Rows read(FlightFormat format, FileSourceSplit split) throws IOException {
        Configuration config = new Configuration();
        Rows rows = new Rows();
        try (FlightReader reader =
                split.getReaderPosition().isPresent()
                        ? format.restoreReader(config, split)
                        : format.createReader(config, split)) {
            rows.addAll(reader);
        }
        return rows;
    }

    private static final class Rows {

        private final List<Flight> flights = new ArrayList<>();
        private final List<CheckpointedPosition> positions = new ArrayList<>();
        private int largestBatch;

        /** Adds all to the end of the file; does not come back from a hold. */
        private void addAll(FlightReader reader) throws IOException {
            for (BulkFormat.RecordIterator<Flight> batch = reader.readBatch();
                    batch != null;
                    batch = reader.readBatch()) {
                add(batch);
            }
        }

        /** Adds the rows of a batch and says how many they are. */
        private int add(BulkFormat.RecordIterator<Flight> batch) {
            int before = flights.size();
            for (RecordAndPosition<Flight> row = batch.next(); row != null; row = batch.next()) {
                flights.add(row.getRecord());
                positions.add(new CheckpointedPosition(row.getOffset(), row.getRecordSkipCount()));
            }
            int size = flights.size() - before;
            largestBatch = Math.max(largestBatch, size);
            return size;
        }
    }
}
