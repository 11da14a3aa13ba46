// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.deduplication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.apache.commons.codec.digest.MurmurHash3;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.junit.jupiter.api.Test;

final class KeyHashTest {

    @Test
    void hashIsThatOfTheLibrary() {
        KeyHash<byte[]> hash = new KeyHash<>(BytePrimitiveArraySerializer.INSTANCE);
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            byte[] key = new byte[i % 67];
            random.nextBytes(key);
            hash.compute(key, key.length);
            assertThat(new long[] {hash.secondFingerprint(), hash.fingerprint()})
                    .as("%s", Arrays.toString(key))
                    .isEqualTo(MurmurHash3.hash128x64(key, 0, key.length, KeyHash.SEED));
        }
    }

    @Test
    void pagesAreEquallyLikely() {
        KeyHash<byte[]> hash = new KeyHash<>(BytePrimitiveArraySerializer.INSTANCE);
        int[] keysOfPage = new int[100];
        for (int i = 0; i < 100_000; i++) {
            byte[] key = Integer.toString(i).getBytes(UTF_8);
            hash.compute(key, key.length);
            keysOfPage[hash.page(keysOfPage.length)]++;
        }
        // The deviation is 31.
        for (int keys : keysOfPage) {
            assertThat(keys).isBetween(840, 1_160);
        }
    }
}
