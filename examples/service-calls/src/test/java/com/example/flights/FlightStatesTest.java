// SPDX-License-Identifier: Apache-2.0
package com.example.flights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs the example, and counts without Flink and without a service. */
@Timeout(600)
final class FlightStatesTest {

    private static final Path DATA = Path.of("..", "data").toAbsolutePath().normalize();
    private static final Path FLIGHTS = DATA.resolve("flights-2001-01.csv.gz");
    private static final Path AIRPORTS = DATA.resolve("airports.csv");

    @Test
    void countsEachFlightOnceThoughCallsFail() throws Exception {
        try (AirportServer server = new AirportServer(AIRPORTS)) {
            // when
            Map<String, Long> counts =
                    FlightStates.count(
                            StreamExecutionEnvironment.createLocalEnvironment(
                                    2, new Configuration()),
                            FLIGHTS.toUri().toString(),
                            server);

            // then
            assertThat(counts).isEqualTo(expected());
            // Each of some 230 airports is asked for once, or again after a failure.
            assertThat(server.keys()).isLessThan(1000);
            assertThat(server.calls()).isLessThan(200);
        }
    }

    private static Map<String, Long> expected() throws IOException {
        Map<String, String> states = new HashMap<>();
        for (String line : Files.readAllLines(AIRPORTS)) {
            String[] fields = line.split(",", -1);
            states.put(fields[0], fields[3]);
        }
        Map<String, Long> counts = new TreeMap<>();
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(FLIGHTS)),
                                StandardCharsets.UTF_8))) {
            String line;
            while ((line = reader.readLine()) != null) {
                counts.merge(states.getOrDefault(line.split(",", -1)[3], "??"), 1L, Long::sum);
            }
        }
        return counts;
    }
}
