// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.table.runtime.minibatch.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys of many forms come in the order of the database, and equal ones stay as they were. */
class KeyOrderTest {

    private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());

    @Test
    void anyKeys() {
        System.out.println("fuzz.seed=" + SEED);
        for (int i = 0; i < 2000; i++) {
            Random random = Rows.random(SEED + i);
            int count = random.nextInt(random.nextInt(8) == 0 ? 3000 : 130);
            assertSorted(anyKeys(count, random), "fuzz.seed=" + (SEED + i));
        }
    }

    /** Some with much in common, some that are equal, some that are the start of others. */
    private static List<byte[]> anyKeys(int count, Random random) {
        byte[] common = new byte[random.nextInt(80)];
        random.nextBytes(common);
        int shortest = random.nextInt(common.length + 1);
        int changes = random.nextInt(12);
        int values = 1 + random.nextInt(256);
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int length = shortest + random.nextInt(common.length - shortest + 1);
            byte[] key = Arrays.copyOf(common, random.nextBoolean() ? common.length : length);
            for (int change = 0; change < changes && key.length > 0; change++) {
                key[random.nextInt(key.length)] = (byte) random.nextInt(values);
            }
            keys.add(key);
        }
        if (random.nextInt(4) == 0) {
            keys.sort(Arrays::compareUnsigned);
        }
        return keys;
    }

    /** As many bits of a number are left for the key as the index does not take. */
    @ParameterizedTest
    @ValueSource(ints = {255, 256, 257, 65_536, 65_537, 300_000})
    void manyKeys(int count) {
        Random random = Rows.random(SEED);
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] key = new byte[12];
            random.nextBytes(key);
            key[2] = 7;
            keys.add(key);
        }
        assertSorted(keys, "fuzz.seed=" + SEED);
    }

    private static void assertSorted(List<byte[]> keys, String name) {
        List<byte[]> expected = new ArrayList<>(keys);
        expected.sort(Arrays::compareUnsigned);
        List<byte[]> actual = new ArrayList<>(keys);

        KeyOrder.sort(actual, key -> key);

        assertThat(actual).as(name).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i)).as("%s, index %d", name, i).isSameAs(expected.get(i));
        }
    }
}
