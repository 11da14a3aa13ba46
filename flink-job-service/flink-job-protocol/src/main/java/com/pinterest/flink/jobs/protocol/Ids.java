// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Identifiers that are worked out, not chosen, so that a request that is sent twice is the same
 * request.
 */
public final class Ids {

    private Ids() {}

    /**
     * The Flink id of a run, for its job and its application: 32 hexadecimal digits.
     *
     * @param instance the id of the installation of the service, so that two of them never meet
     * @param epoch the number of the start
     */
    public static String run(String instance, JobKey job, long epoch) {
        return digest(instance + "\n" + job + "\n" + epoch);
    }

    /** The trigger id of a savepoint that an operation takes: 32 hexadecimal digits. */
    public static String trigger(UUID operation, int attempt) {
        if (attempt == 0) {
            return operation.toString().replace("-", "");
        }
        return digest(operation + "\n" + attempt);
    }

    /** A new id of an operation, a UUID of version 7: later ones are greater. */
    public static UUID operation(Instant now, RandomGenerator random) {
        long high = (now.toEpochMilli() << 16) | 0x7000L | (random.nextLong() & 0x0fffL);
        long low = (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        return new UUID(high, low);
    }

    private static String digest(String text) {
        try {
            byte[] all = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(all, 16));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /** The bytes of an id of an operation, in the order that sorts like its time. */
    static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }
}
