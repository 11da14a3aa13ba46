// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.serialization;

import java.util.Random;
import java.util.stream.Stream;

/** Random {@link Event}s. */
public final class Events {

    private static final String[] CHANNELS = {"search", "mobile", "mailing", "shop"};
    private static final String[] COUNTRIES = {"US", "DE", "BR", "JP", "IN"};
    private static final String[] CITIES = {"Oslo", "Berlin", "Recife", "San Jose", "Pune"};

    private Events() {}

    /** Returns a number of events with ordinary content, about 175 bytes each. */
    public static Event[] typical(int count, long seed) {
        Random random = new Random(seed);
        return Stream.generate(() -> typical(random)).limit(count).toArray(Event[]::new);
    }

    private static Event typical(Random random) {
        Event event = primitives(random);
        Address address = primitives(new Address(), random);
        address.setCity(oneOf(CITIES, random));
        address.setStreet(random.nextInt(1000) + " Main St");
        event.setAddress(address);
        event.setAgent("Mozilla/5.0 (X11; x64) " + random.nextInt(100));
        event.setChannel(oneOf(CHANNELS, random));
        event.setCountry(oneOf(COUNTRIES, random));
        event.setId(String.format("%016x", random.nextLong()));
        event.setPage("/item/" + random.nextInt(1_000_000));
        event.setQuality(random.nextInt(8) == 0 ? null : (Double) random.nextDouble());
        event.setReferrer(random.nextInt(4) == 0 ? null : "/home");
        return event;
    }

    /**
     * Returns an event with arbitrary content: nulls wherever possible, all kinds of text, extreme
     * numbers.
     */
    static Event arbitrary(Random random) {
        Event event = primitives(random);
        if (random.nextInt(4) > 0) {
            Address address = primitives(new Address(), random);
            address.setCity(arbitraryText(random));
            address.setStreet(arbitraryText(random));
            event.setAddress(address);
        }
        event.setAgent(arbitraryText(random));
        event.setChannel(arbitraryText(random));
        event.setCountry(arbitraryText(random));
        event.setId(arbitraryText(random));
        event.setPage(arbitraryText(random));
        event.setQuality(
                random.nextBoolean() ? null : (Double) Double.longBitsToDouble(random.nextLong()));
        event.setReferrer(arbitraryText(random));
        return event;
    }

    private static Event primitives(Random random) {
        Event event = new Event();
        event.setAmount(random.nextDouble() * 1000);
        event.setCampaign(random.nextLong());
        event.setClicks(random.nextInt());
        event.setConfirmed(random.nextBoolean());
        event.setCreatedAt(random.nextLong());
        event.setRank((short) random.nextInt());
        event.setUserId(random.nextLong());
        return event;
    }

    private static Address primitives(Address address, Random random) {
        address.setLatitude(random.nextDouble() * 180 - 90);
        address.setLongitude(random.nextDouble() * 360 - 180);
        address.setZip(random.nextInt(100_000));
        return address;
    }

    private static String arbitraryText(Random random) {
        TextKind[] kinds = TextKind.values();
        int kind = random.nextInt(kinds.length + 1);
        return kind == kinds.length ? null : kinds[kind].text(2 * random.nextInt(100), random);
    }

    private static String oneOf(String[] values, Random random) {
        return values[random.nextInt(values.length)];
    }
}
