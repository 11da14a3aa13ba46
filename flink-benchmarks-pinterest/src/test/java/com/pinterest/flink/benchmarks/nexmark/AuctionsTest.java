// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.nexmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.flink.table.data.RowData;
import org.junit.jupiter.api.Test;

/** The events keep their proportions, and refer to what there is. */
class AuctionsTest {

    private static final int EVENTS = 100_000;

    private final Auctions auctions = new Auctions();

    @Test
    void ofFiftyEventsOneIsAPersonAndThreeAreAuctions() {
        Map<Integer, Long> kinds =
                LongStream.range(0, EVENTS)
                        .boxed()
                        .collect(
                                Collectors.groupingBy(
                                        number -> auctions.event(number).getInt(0),
                                        Collectors.counting()));

        assertThat(kinds)
                .containsOnly(
                        Map.entry(Auctions.PERSON, EVENTS / 50L),
                        Map.entry(Auctions.AUCTION, EVENTS * 3 / 50L),
                        Map.entry(Auctions.BID, EVENTS * 46 / 50L));
    }

    @Test
    void auctionsAndBidsReferToWhatCameBefore() {
        Set<Long> persons = new HashSet<>();
        Set<Long> open = new HashSet<>();
        for (long number = 0; number < EVENTS; number++) {
            RowData event = auctions.event(number);
            switch (event.getInt(0)) {
                case Auctions.PERSON ->
                        assertThat(persons.add(event.getRow(1, 8).getLong(0))).isTrue();
                case Auctions.AUCTION -> {
                    assertThat(open.add(event.getRow(2, 10).getLong(0))).isTrue();
                    assertThat(persons).contains(event.getRow(2, 10).getLong(7));
                }
                default -> {
                    assertThat(open).contains(event.getRow(3, 7).getLong(0));
                    assertThat(persons).contains(event.getRow(3, 7).getLong(1));
                }
            }
        }
    }

    @Test
    void halfOfTheBidsAreForHotAuctionsAndThreeQuartersByHotPersons() {
        Map<String, Integer> hot = new HashMap<>();
        int bids = 0;
        // Not from the start, where everyone is hot.
        for (long number = EVENTS; number < 2 * EVENTS; number++) {
            RowData event = auctions.event(number);
            if (event.getInt(0) == Auctions.BID) {
                bids++;
                long auction = event.getRow(3, 7).getLong(0) - Auctions.FIRST_ID;
                long person = event.getRow(3, 7).getLong(1) - Auctions.FIRST_ID;
                hot.merge("auction", auction % 100 == 0 ? 1 : 0, Integer::sum);
                hot.merge("person", person % 100 == 1 ? 1 : 0, Integer::sum);
            }
        }

        assertThat(hot.get("auction") / (double) bids).isBetween(0.48, 0.53);
        assertThat(hot.get("person") / (double) bids).isBetween(0.73, 0.78);
    }

    @Test
    void eventDependsOnItsNumberAlone() {
        for (long number : new long[] {0, 1, 4, 12_345, 5_000_000_000L}) {
            assertThat(new Auctions().event(number)).isEqualTo(auctions.event(number));
        }
    }
}
