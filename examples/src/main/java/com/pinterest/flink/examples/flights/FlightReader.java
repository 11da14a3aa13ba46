// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import javax.annotation.Nullable;
import org.apache.flink.connector.file.src.reader.BulkFormat;
import org.apache.flink.connector.file.src.util.CheckpointedPosition;
import org.apache.flink.connector.file.src.util.IteratorResultIterator;
import org.apache.flink.core.fs.Path;

/**
 * A reader of a flights file that gives each row its frontier.
 *
 * <p>The position in a checkpoint is the number of rows that were read. A restored reader reads
 * these rows again, without a rate limit, and gets the same frontier as the first reader. Used by
 * one thread, the fetcher of the source.
 */
final class FlightReader implements BulkFormat.Reader<Flight> {

    private static final int BUFFER_BYTES = 64 * 1024;

    private final Path file;
    private final BufferedReader lines;
    private final FlightParser parser;
    private final RowRate rate;

    private RowHold hold;
    private long rowsRead;
    private long frontier = Long.MIN_VALUE;

    private FlightReader(Path file, BufferedReader lines, RowRate rate, RowHold hold) {
        this.file = file;
        this.lines = lines;
        this.parser = new FlightParser(file.toString());
        this.rate = rate;
        this.hold = hold;
    }

    /** Opens a file, and decompresses it if its name ends in {@code .gz}. */
    static FlightReader open(Path file, RowRate rate, RowHold hold) throws IOException {
        requireNonNull(rate, "rate");
        requireNonNull(hold, "hold");
        InputStream stream = file.getFileSystem().open(file);
        try {
            InputStream unpacked =
                    file.getName().endsWith(".gz")
                            ? new GZIPInputStream(stream, BUFFER_BYTES)
                            : stream;
            return new FlightReader(
                    file,
                    new BufferedReader(
                            new InputStreamReader(unpacked, StandardCharsets.UTF_8), BUFFER_BYTES),
                    rate,
                    hold);
        } catch (IOException e) {
            stream.close();
            throw e;
        }
    }

    /** Skips rows that were emitted before a checkpoint. */
    void skip(long rows) throws IOException {
        while (rowsRead < rows) {
            if (read() == null) {
                throw new IOException(
                        String.format(
                                "%s has %d rows, but %d had been read at the checkpoint: it is not"
                                        + " the file that the checkpoint was taken with",
                                file, rowsRead, rows));
            }
        }
    }

    /**
     * Returns the next rows, none while the reader holds, and null at the end of the file.
     *
     * <p>After a batch without rows, the source keeps running, takes checkpoints and can be
     * stopped.
     */
    @Nullable
    @Override
    public BulkFormat.RecordIterator<Flight> readBatch() throws IOException {
        if (hold.isReached(rowsRead)) {
            if (!hold.isOver()) {
                hold.pause();
                return batch(List.of(), rowsRead);
            }
            hold = RowHold.NONE;
        }
        rate.awaitBatch();
        long rowsBefore = rowsRead;
        int batchRows = hold.limit(rate.batchRows(), rowsRead);
        List<Flight> batch = new ArrayList<>(batchRows);
        while (batch.size() < batchRows) {
            Flight flight = read();
            if (flight == null) {
                break;
            }
            batch.add(flight);
        }
        return batch.isEmpty() ? null : batch(batch, rowsBefore);
    }

    private static BulkFormat.RecordIterator<Flight> batch(List<Flight> flights, long rowsBefore) {
        return new IteratorResultIterator<>(
                flights.iterator(), CheckpointedPosition.NO_OFFSET, rowsBefore);
    }

    @Nullable
    private Flight read() throws IOException {
        String line = lines.readLine();
        if (line == null) {
            return null;
        }
        rowsRead++;
        Flight flight = parser.parse(line, rowsRead);
        frontier = Math.max(frontier, flight.eventTime());
        flight.setFrontier(frontier);
        return flight;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
