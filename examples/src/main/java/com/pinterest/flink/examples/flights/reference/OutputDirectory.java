// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights.reference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rows of the finished files in the output directory of a file sink. Immutable.
 *
 * <p>Hidden files ({@code .part-...inprogress...}) are counted and not read. A crash leaves them
 * behind by design: their rows were written after the last checkpoint, and written again later. If
 * a row were only in such a file, the comparison would report it as missing.
 */
final class OutputDirectory {

    private final List<Row> rows;
    private final int finishedFiles;
    private final int unfinishedFiles;

    private OutputDirectory(List<Row> rows, int finishedFiles, int unfinishedFiles) {
        this.rows = Collections.unmodifiableList(rows);
        this.finishedFiles = finishedFiles;
        this.unfinishedFiles = unfinishedFiles;
    }

    static OutputDirectory read(Schema schema, Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> entries = Files.list(directory)) {
            files = entries.sorted().collect(Collectors.toList());
        }
        List<Row> rows = new ArrayList<>();
        int unfinished = 0;
        for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            if (name.startsWith(".")) {
                unfinished++;
            } else if (name.startsWith("part-") && name.endsWith(".csv")) {
                readFile(schema, file, rows);
            } else {
                throw new IOException(file + ": not a file of the job's sink");
            }
        }
        return new OutputDirectory(rows, files.size() - unfinished, unfinished);
    }

    private static void readFile(Schema schema, Path file, List<Row> rows) throws IOException {
        int lineNumber = 0;
        for (String line : Files.readAllLines(file)) {
            lineNumber++;
            rows.add(schema.parse(List.of(line.split(",", -1)), file + ", line " + lineNumber));
        }
    }

    List<Row> rows() {
        return rows;
    }

    @Override
    public String toString() {
        return String.format(
                "%d finished files, %d unfinished ignored", finishedFiles, unfinishedFiles);
    }
}
