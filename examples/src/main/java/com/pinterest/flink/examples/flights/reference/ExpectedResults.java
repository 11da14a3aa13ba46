// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights.reference;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * The results that the jobs must deliver for a flights file, computed in one pass.
 *
 * <p>A flight belongs to the hour of its departure plus its delay. It is late if that hour had
 * ended, by at least the out-of-orderness, before the largest such time among the flights above it
 * in the file. Late flights do not count for their hour; they do for the top list, which has no
 * windows.
 */
final class ExpectedResults {

    static final int TOP = 10;

    private static final LocalDateTime EPOCH = LocalDateTime.of(2000, 1, 1, 0, 0);
    private static final int MINUTES_PER_HOUR = 60;

    private final long outOfOrderness;

    private final Map<Long, Map<String, Sums>> byHourAndOrigin = new HashMap<>();
    private final Map<String, Sums> byOrigin = new HashMap<>();
    private final List<Row> late = new ArrayList<>();
    private long flights;
    private long latest = Long.MIN_VALUE;

    private ExpectedResults(long outOfOrderness) {
        this.outOfOrderness = outOfOrderness;
    }

    /**
     * Reads a file of lines {@code date,delay,distance,origin,destination}, plain or gzip.
     *
     * @param outOfOrderness minutes
     */
    static ExpectedResults of(Path file, long outOfOrderness) throws IOException {
        ExpectedResults results = new ExpectedResults(outOfOrderness);
        try (InputStream stream = Files.newInputStream(file);
                InputStream unpacked =
                        file.toString().endsWith(".gz") ? new GZIPInputStream(stream) : stream;
                BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(unpacked, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                results.add(line.split(","));
            }
        } catch (RuntimeException e) {
            throw new IOException(file + ", flight " + results.flights + ": " + e, e);
        }
        return results;
    }

    private void add(String[] fields) {
        flights++;
        LocalDateTime departure = LocalDateTime.parse(fields[0].replace(' ', 'T'));
        long delay = Long.parseLong(fields[1]);
        long distance = Long.parseLong(fields[2]);
        String origin = fields[3];

        byOrigin.computeIfAbsent(origin, key -> new Sums()).add(delay, distance);

        long minute = ChronoUnit.MINUTES.between(EPOCH, departure) + delay;
        long hour = Math.floorDiv(minute, MINUTES_PER_HOUR);
        boolean isFirst = latest == Long.MIN_VALUE;
        if (!isFirst && (hour + 1) * MINUTES_PER_HOUR + outOfOrderness <= latest) {
            late.add(Row.of(fields[0], delay, distance, origin, fields[4], latest - minute));
        } else {
            byHourAndOrigin
                    .computeIfAbsent(hour, key -> new HashMap<>())
                    .computeIfAbsent(origin, key -> new Sums())
                    .add(delay, distance);
        }
        latest = Math.max(latest, minute);
    }

    long flights() {
        return flights;
    }

    /** Returns the rows of {@link Schema#LATE}, in the order of the file. */
    List<Row> late() {
        return Collections.unmodifiableList(late);
    }

    /** Returns the rows of {@link Schema#HOURLY}, in no particular order. */
    List<Row> hourly() {
        List<Row> rows = new ArrayList<>();
        byHourAndOrigin.forEach(
                (hour, origins) -> {
                    LocalDateTime start = EPOCH.plusHours(hour);
                    String text = start.toLocalDate() + " " + start.toLocalTime() + ":00";
                    origins.forEach((origin, sums) -> rows.add(sums.hourlyRow(text, origin)));
                });
        return rows;
    }

    /**
     * Returns the rows of {@link Schema#TOP}: the origins with the largest mean delay, in
     * descending order; equal ones by name.
     */
    List<Row> top(Airports airports, long minFlights) {
        List<String> origins = new ArrayList<>();
        byOrigin.forEach(
                (origin, sums) -> {
                    if (sums.flights >= minFlights) {
                        origins.add(origin);
                    }
                });
        Comparator<String> byMean = Comparator.comparing(origin -> byOrigin.get(origin).mean());
        origins.sort(byMean.reversed().thenComparing(Comparator.naturalOrder()));

        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < Math.min(TOP, origins.size()); i++) {
            String origin = origins.get(i);
            // An inner join: an origin without a name has a rank, but no row.
            if (airports.contains(origin)) {
                Sums sums = byOrigin.get(origin);
                rows.add(
                        Row.of(
                                i + 1L,
                                origin,
                                airports.name(origin),
                                airports.city(origin),
                                sums.flights,
                                sums.mean()));
            }
        }
        return rows;
    }

    private static final class Sums {

        private long flights;
        private long delay;
        private long longestDelay = Long.MIN_VALUE;
        private long distance;

        void add(long flightDelay, long flightDistance) {
            flights++;
            delay += flightDelay;
            longestDelay = Math.max(longestDelay, flightDelay);
            distance += flightDistance;
        }

        BigDecimal mean() {
            return new BigDecimal(delay)
                    .divide(new BigDecimal(flights), Schema.MEAN_DECIMALS, RoundingMode.HALF_UP);
        }

        Row hourlyRow(String hour, String origin) {
            return Row.of(hour, origin, flights, delay, mean(), longestDelay, distance);
        }
    }
}
