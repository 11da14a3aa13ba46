// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.reader.BulkFormat;

/**
 * The format of the flights file for Flink's file source: CSV, plain or gzip, never split.
 *
 * <p>This is a bulk format rather than a stream format, for three reasons: it knows the name of the
 * file, for messages; it sets the size of a batch in rows, so that a rate-limited source emits a
 * few rows often instead of a mebibyte rarely, and a source that holds emits none; and it can
 * distinguish rows that are skipped after a restart, which must not be rate-limited, from rows that
 * are read.
 */
final class FlightFormat implements BulkFormat<Flight, FileSourceSplit> {

    private static final long serialVersionUID = 1L;

    private final int rowsPerSecond;
    private final RowHold hold;

    /** Creates a format that reads at a rate, or without limit for {@link RowRate#UNLIMITED}. */
    FlightFormat(int rowsPerSecond, RowHold hold) {
        this.rowsPerSecond = rowsPerSecond;
        this.hold = requireNonNull(hold, "hold");
    }

    @Override
    public FlightReader createReader(Configuration config, FileSourceSplit split)
            throws IOException {
        return FlightReader.open(split.path(), new RowRate(rowsPerSecond), hold);
    }

    @Override
    public FlightReader restoreReader(Configuration config, FileSourceSplit split)
            throws IOException {
        FlightReader reader = createReader(config, split);
        try {
            reader.skip(split.getReaderPosition().orElseThrow().getRecordsAfterOffset());
        } catch (IOException e) {
            reader.close();
            throw e;
        }
        return reader;
    }

    /** Returns false: the frontier of a row depends on all rows before it. */
    @Override
    public boolean isSplittable() {
        return false;
    }

    @Override
    public TypeInformation<Flight> getProducedType() {
        return TypeInformation.of(Flight.class);
    }
}
