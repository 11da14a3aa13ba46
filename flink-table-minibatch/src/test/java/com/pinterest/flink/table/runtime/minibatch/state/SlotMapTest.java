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
    void expectFive() {
        for (int number = 0; number < 5; number++) {
            keys.add(new Key(number));
            slots.add(new Slot(new byte[] {(byte) number}));
            assertThat(map.expect(keys.get(number), slots.get(number))).isTrue();
        }
    }

    @Test
    void keysAreFoundInAnyOrderAsAnyObject() {
        for (int number : new int[] {0, 0, 1, 2, 4, 3, 3, 1, 2, 0, 4}) {
            assertThat(map.expected(keys.get(number))).isSameAs(slots.get(number));
            assertThat(map.expected(new Key(number))).isSameAs(slots.get(number));
        }
        assertThat(map.expected(new Key(5))).isNull();
    }

    @Test
    void keysInOrderAreFoundWithoutTheirHashCode() {
        keys.forEach(key -> key.hashes = 0);

        for (Key key : keys) {
            map.expected(key);
            map.expected(key);
        }

        assertThat(keys).allSatisfy(key -> assertThat(key.hashes).isZero());
    }

    @Test
    void firstSlotOfAnExpectedKeyStays() {
        Key again = new Key(2);

        assertThat(map.expect(again, new Slot(new byte[0]))).isFalse();

        assertThat(map.expected(again)).isSameAs(slots.get(2));
        assertThat(map.slots()).isEqualTo(slots);
    }

    @Test
    void slotsAreFoundByTheirKeysInTheDatabase() {
        Slot another = new Slot(new byte[] {7});
        assertThat(map.sameAs(another)).isNull();

        map.add(another);

        assertThat(map.sameAs(new Slot(new byte[] {7}))).isSameAs(another);
        assertThat(map.sameAs(new Slot(new byte[] {2}))).isSameAs(slots.get(2));
        assertThat(map.slots()).hasSize(6).last().isSameAs(another);
    }

    @Test
    void nothingIsThereWhenItIsCleared() {
        map.expected(keys.get(0));
        map.expected(keys.get(1));

        map.add(new Slot(new byte[] {7}));

        map.clear();

        assertThat(map.slots()).isEmpty();
        assertThat(map.sameAs(new Slot(new byte[] {7}))).isNull();
        assertThat(map.expected(keys.get(1))).isNull();
        assertThat(map.expect(keys.get(3), slots.get(3))).isTrue();
        assertThat(map.expected(keys.get(3))).isSameAs(slots.get(3));
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
