// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FlightParserTest {

    private final FlightParser parser = new FlightParser("flights.csv");

    @Test
    void parsesAllColumns() throws IOException {
        // when
        Flight flight = parser.parse("2001-01-31 23:57:00,-4,1745,LAX,ORD", 1);

        // then
        assertThat(flight.getDeparture()).isEqualTo(FlightTime.parse("2001-01-31 23:57:00"));
        assertThat(flight.getDelay()).isEqualTo(-4);
        assertThat(flight.getDistance()).isEqualTo(1745);
        assertThat(flight.getRoute()).isEqualTo(new Route("LAX", "ORD"));
        assertThat(flight.eventTime()).isEqualTo(FlightTime.parse("2001-01-31 23:53:00"));
        assertThat(flight.getFrontier()).isEqualTo(flight.eventTime());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2001-02-30 00:00:00,1,2,LAX,ORD | date",
                "2001-01-01 00:01,1,2,LAX,ORD | date",
                "2001-01-01 00:01:00,1.5,2,LAX,ORD | delay",
                "2001-01-01 00:01:00,1,,LAX,ORD | distance",
                "2001-01-01 00:01:00,1,2,,ORD | origin",
                "2001-01-01 00:01:00,1,2,LAX, | destination",
                "2001-01-01 00:01:00,1,2,LAX | 4 columns",
                "2001-01-01 00:01:00,1,2,LAX,ORD,x | 6 columns",
                "'' | 1 columns",
            })
    void namesFileLineAndColumnOfAnError(String line, String problem) {
        assertThatThrownBy(() -> parser.parse(line, 17))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("flights.csv, line 17: " + problem);
    }
}
