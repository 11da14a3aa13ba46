// SPDX-License-Identifier: Apache-2.0
package com.example.flights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs the example, and counts without Flink. */
@Timeout(600)
final class UniqueFlightsTest {

    private static final Path FLIGHTS =
            Path.of("..", "data", "flights-2001-01.csv.gz").toAbsolutePath().normalize();

    @Test
    void countsFlightsAndDuplicates() throws Exception {
        // when; one reader delivers each tenth flight twice
        Map<String, Long> counts =
                UniqueFlights.count(
                        StreamExecutionEnvironment.createLocalEnvironment(2, new Configuration()),
                        FLIGHTS.toUri().toString());

        // then
        List<String> lines;
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(FLIGHTS)),
                                StandardCharsets.UTF_8))) {
            lines = reader.lines().toList();
        }
        long unique = new HashSet<>(lines).size();
        long delivered = lines.size() + lines.size() / 10L;
        assertThat(counts)
                .isEqualTo(
                        Map.of(
                                UniqueFlights.UNIQUE,
                                unique,
                                UniqueFlights.DUPLICATES,
                                delivered - unique));
    }
}
