// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.nexmark;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.data.binary.BinaryStringData;

/**
 * The events of an auction site. Of 50 consecutive ones, one is a new person, three are new
 * auctions and 46 are bids. An event depends only on its number, so that every run has the same
 * events.
 *
 * <p>Half of the bids are for one auction, the newest one whose number is a multiple of 100; the
 * others are for any of the 100 newest. Three quarters of the bids are by one person, a quarter by
 * any of the 1,000 newest; the same applies to sellers. An auction is open at most until 200 newer
 * ones have been created.
 *
 * <p>A row has the columns of {@link NexmarkTable}. Strings come from pools in their encoded form,
 * so that an event is cheap.
 *
 * <p>Not thread-safe.
 */
final class Auctions {

    static final int PERSON = 0;
    static final int AUCTION = 1;
    static final int BID = 2;

    /** Events per second of event time. */
    static final int EVENTS_PER_SECOND = 10_000;

    /** The first number of persons and auctions. */
    static final long FIRST_ID = 1000;

    static final long FIRST_CATEGORY = 10;
    static final int CATEGORIES = 5;

    private static final int EVENTS_PER_EPOCH = 50;
    private static final int AUCTIONS_PER_EPOCH = 3;

    private static final int OPEN_AUCTIONS = 100;
    private static final int ACTIVE_PERSONS = 1000;
    private static final int HOT_EVERY = 100;

    /** 2024-01-01T00:00:00Z. */
    private static final long START_MILLISECONDS = 1_704_067_200_000L;

    private static final long SEED = 0x6e65786d61726bL;
    private static final int POOL = 1024;
    private static final int CHANNELS = 10_000;

    private final BinaryStringData[] hotChannels = texts("Google", "Facebook", "Baidu", "Apple");
    private final BinaryStringData[] channels = numbered("channel-%d", CHANNELS);
    private final BinaryStringData[] urls =
            numbered("https://www.nexmark.com/item.htm?query=1&channel_id=%d", CHANNELS);
    private final BinaryStringData[] states = texts("AZ", "CA", "ID", "OR", "WA", "WY");
    private final BinaryStringData[] cities =
            texts("Phoenix", "Los Angeles", "Boise", "Portland", "Seattle", "Cheyenne", "Bend");
    private final BinaryStringData[] names = numbered("Person %d", POOL);
    private final BinaryStringData[] emails = numbered("person.%d@example.com", POOL);
    private final BinaryStringData[] cards = numbered("1234 5678 9012 %04d", POOL);
    private final BinaryStringData[] items = random(1, 10, 20);
    private final BinaryStringData[] descriptions = random(2, 50, 100);
    private final BinaryStringData[] extras = random(3, 20, 60);

    /**
     * Returns the event with a number.
     *
     * @param number the number, starting at zero
     */
    RowData event(long number) {
        SplittableRandom random = new SplittableRandom(SEED ^ number);
        TimestampData time =
                TimestampData.fromEpochMillis(
                        START_MILLISECONDS + number * 1000 / EVENTS_PER_SECOND);
        long epoch = number / EVENTS_PER_EPOCH;
        int place = (int) (number % EVENTS_PER_EPOCH);
        if (place == 0) {
            return GenericRowData.of(PERSON, person(epoch, time, random), null, null);
        }
        long newestAuction = epoch * AUCTIONS_PER_EPOCH + Math.min(place, AUCTIONS_PER_EPOCH) - 1;
        return place <= AUCTIONS_PER_EPOCH
                ? GenericRowData.of(
                        AUCTION, null, auction(newestAuction, epoch, time, random), null)
                : GenericRowData.of(BID, null, null, bid(newestAuction, epoch, time, random));
    }

    private RowData person(long number, TimestampData time, SplittableRandom random) {
        return GenericRowData.of(
                FIRST_ID + number,
                any(names, random),
                any(emails, random),
                any(cards, random),
                any(cities, random),
                any(states, random),
                time,
                any(extras, random));
    }

    private RowData auction(
            long number, long newestPerson, TimestampData time, SplittableRandom random) {
        long firstPrice = price(random);
        long secondsOfEvents = OPEN_AUCTIONS * EVENTS_PER_EPOCH / AUCTIONS_PER_EPOCH;
        long longest = 2 * secondsOfEvents * 1000 / EVENTS_PER_SECOND;
        return GenericRowData.of(
                FIRST_ID + number,
                any(items, random),
                any(descriptions, random),
                firstPrice,
                firstPrice + price(random),
                time,
                TimestampData.fromEpochMillis(time.getMillisecond() + 1 + random.nextLong(longest)),
                FIRST_ID + somePerson(newestPerson, 0, random),
                FIRST_CATEGORY + random.nextInt(CATEGORIES),
                any(extras, random));
    }

    private RowData bid(
            long newestAuction, long newestPerson, TimestampData time, SplittableRandom random) {
        long auction =
                random.nextBoolean()
                        ? newestAuction / HOT_EVERY * HOT_EVERY
                        : oneOfTheNewest(OPEN_AUCTIONS, newestAuction, random);
        boolean isHotChannel = random.nextBoolean();
        int channel = random.nextInt(isHotChannel ? hotChannels.length : CHANNELS);
        return GenericRowData.of(
                FIRST_ID + auction,
                FIRST_ID + somePerson(newestPerson, 1, random),
                price(random),
                isHotChannel ? hotChannels[channel] : channels[channel],
                urls[channel],
                time,
                any(extras, random));
    }

    /** Returns a person. The hot person of buyers is not that of sellers. */
    private static long somePerson(long newest, int hotOffset, SplittableRandom random) {
        return random.nextInt(4) > 0
                ? Math.min(newest, newest / HOT_EVERY * HOT_EVERY + hotOffset)
                : oneOfTheNewest(ACTIVE_PERSONS, newest, random);
    }

    private static long oneOfTheNewest(int count, long newest, SplittableRandom random) {
        return newest - random.nextLong(Math.min(count, newest + 1));
    }

    /** Returns a price in cents; as many are between 1 and 10 as between 100,000 and a million. */
    private static long price(SplittableRandom random) {
        return Math.round(Math.pow(10, random.nextDouble() * 6) * 100);
    }

    private static BinaryStringData any(BinaryStringData[] pool, SplittableRandom random) {
        return pool[random.nextInt(pool.length)];
    }

    private static BinaryStringData[] numbered(String pattern, int count) {
        return texts(
                IntStream.range(0, count)
                        .mapToObj(number -> String.format(pattern, number))
                        .toArray(String[]::new));
    }

    private static BinaryStringData[] random(long seed, int shortest, int longest) {
        SplittableRandom random = new SplittableRandom(seed);
        return texts(
                IntStream.range(0, POOL)
                        .mapToObj(ignored -> random.nextInt(shortest, longest + 1))
                        .map(length -> letters(length, random))
                        .toArray(String[]::new));
    }

    private static String letters(int length, SplittableRandom random) {
        byte[] letters = new byte[length];
        for (int i = 0; i < length; i++) {
            letters[i] = (byte) ('a' + random.nextInt(26));
        }
        return new String(letters, StandardCharsets.US_ASCII);
    }

    private static BinaryStringData[] texts(String... texts) {
        BinaryStringData[] encoded = new BinaryStringData[texts.length];
        for (int i = 0; i < texts.length; i++) {
            encoded[i] = BinaryStringData.fromBytes(StringData.fromString(texts[i]).toBytes());
        }
        return encoded;
    }
}
