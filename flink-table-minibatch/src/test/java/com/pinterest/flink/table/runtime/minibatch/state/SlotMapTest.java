// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlotMapTest {

    private final SlotMap<Key> map = new SlotMap<>();
    private final List<Key> keys = new ArrayList<>();
    private final List<Slot> slots = new ArrayList<>();

    @BeforeEach
    void putFive() {
        for (int number = 0; number < 5; number++) {
            keys.add(new Key(number));
            slots.add(new Slot(new byte[] {(byte) number}));
            assertThat(map.putIfAbsent(keys.get(number), slots.get(number))).isTrue();
        }
    }

    @Test
    void keysAreFoundInAnyOrderAsAnyObject() {
        for (int number : new int[] {0, 0, 1, 2, 4, 3, 3, 1, 2, 0, 4}) {
            assertThat(map.get(keys.get(number))).isSameAs(slots.get(number));
            assertThat(map.get(new Key(number))).isSameAs(slots.get(number));
        }
        assertThat(map.get(new Key(5))).isNull();
    }

    @Test
    void keysInOrderAreFoundWithoutTheirHashCode() {
        keys.forEach(key -> key.hashes = 0);

        for (Key key : keys) {
            map.get(key);
            map.get(key);
        }

        assertThat(keys).allSatisfy(key -> assertThat(key.hashes).isZero());
    }

    @Test
    void firstSlotOfAKeyStays() {
        Key again = new Key(2);

        assertThat(map.putIfAbsent(again, new Slot(new byte[0]))).isFalse();

        assertThat(map.get(again)).isSameAs(slots.get(2));
        assertThat(map.slots()).isEqualTo(slots);
    }

    @Test
    void nothingIsThereWhenItIsCleared() {
        map.get(keys.get(0));
        map.get(keys.get(1));

        map.clear();

        assertThat(map.slots()).isEmpty();
        assertThat(map.get(keys.get(1))).isNull();
        assertThat(map.putIfAbsent(keys.get(3), slots.get(3))).isTrue();
        assertThat(map.get(keys.get(3))).isSameAs(slots.get(3));
    }

    private static final class Key {

        private final int number;
        private int hashes;

        Key(int number) {
            this.number = number;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key && ((Key) other).number == number;
        }

        @Override
        public int hashCode() {
            hashes++;
            return number;
        }
    }
}
