// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.deduplication;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The slices of time that live keys belong to, and the short codes by which pages name them. Not
 * thread-safe.
 *
 * <p>A slice is a fraction of the window, numbered from the epoch. Slices need not be contiguous: a
 * replay may be far ahead of the watermark, and takes a code for each slice that has keys. The
 * number of bits of a code grows as needed. The code of an expired slice matches nothing, and can
 * be used again once no page contains it ({@link #release}). Code 0 is never used.
 */
final class Slices {

    /** How many slices a window has. */
    static final int PER_WINDOW = 24;

    /** Slices of larger numbers cannot be stored; with slices of 1 ms, this is the year 2527. */
    static final long MAX_SLICE = 1L << 44;

    static final int INITIAL_BITS = 6;
    static final int MAX_BITS = 16;

    /** By which the number of bits grows. */
    static final int MORE_BITS = 2;

    private static final long NONE = Long.MIN_VALUE;

    private final long length;
    private final int reach;
    private final Map<Long, Integer> codes = new HashMap<>();

    private long[] sliceOfCode = new long[1 << INITIAL_BITS];
    private long[] keysOfCode = new long[1 << INITIAL_BITS];
    private long liveKeys;
    private int bits = INITIAL_BITS;
    private int used = 1;
    private int[] free = new int[0];
    private int freeCount;
    private int expired;
    private long minLive = Long.MIN_VALUE;
    private long lastSlice = NONE;
    private int lastCode;

    /**
     * @param window in milliseconds
     */
    Slices(long window) {
        length = Math.max(1, (window + PER_WINDOW - 1) / PER_WINDOW);
        reach = (int) ((window + length - 1) / length);
        Arrays.fill(sliceOfCode, NONE);
    }

    /** The slice of a time in milliseconds. */
    long sliceAt(long time) {
        return Math.floorDiv(time, length);
    }

    /** The first millisecond behind a slice. */
    long endOf(long slice) {
        return (slice + 1) * length;
    }

    /** Whether a slice can be stored. */
    static boolean isStorable(long slice) {
        return slice > -MAX_SLICE && slice < MAX_SLICE;
    }

    /** The first slice that is not expired. */
    long minLive() {
        return minLive;
    }

    int bits() {
        return bits;
    }

    /** Whether a code is that of a live slice which is at most a window apart from a slice. */
    boolean isWithinReach(int code, long slice) {
        long other = sliceOfCode[code];
        return other != NONE && Math.abs(other - slice) <= reach;
    }

    /** Whether a code is that of a live slice. */
    boolean isLive(int code) {
        return sliceOfCode[code] != NONE;
    }

    /** The slice of a code, which must be live. */
    long slice(int code) {
        return sliceOfCode[code];
    }

    /** The code of a live slice, or 0 if it needs one and {@link #hasFreeCode} is false. */
    int code(long slice) {
        if (slice == lastSlice) {
            return lastCode;
        }
        Integer known = codes.get(slice);
        if (known == null) {
            if (!hasFreeCode()) {
                return 0;
            }
            known = freeCount > 0 ? free[--freeCount] : used++;
            sliceOfCode[known] = slice;
            codes.put(slice, known);
        }
        lastSlice = slice;
        lastCode = known;
        return known;
    }

    /** Counts a key that was added to a live slice. */
    void keyAdded(int code) {
        keysOfCode[code]++;
        liveKeys++;
    }

    /** Counts a key that was moved from one live slice to another. */
    void keyMoved(int from, int to) {
        keysOfCode[from]--;
        keysOfCode[to]++;
    }

    /** The number of keys in live slices. Other threads may read an older number. */
    long liveKeys() {
        return liveKeys;
    }

    boolean hasFreeCode() {
        return freeCount > 0 || used < sliceOfCode.length;
    }

    /** Whether codes would become free if no page contained those of expired slices. */
    boolean hasExpiredCodes() {
        return expired > 0;
    }

    /** Whether codes can still become longer. */
    boolean canGrow() {
        return bits < MAX_BITS;
    }

    /** Makes codes longer. Pages have to be rebuilt before they are used again. */
    void grow() {
        int before = sliceOfCode.length;
        bits += MORE_BITS;
        sliceOfCode = Arrays.copyOf(sliceOfCode, 1 << bits);
        Arrays.fill(sliceOfCode, before, sliceOfCode.length, NONE);
        keysOfCode = Arrays.copyOf(keysOfCode, sliceOfCode.length);
    }

    /** Expires all slices before one. Returns whether there is a new first live slice. */
    boolean expireBefore(long slice) {
        if (slice <= minLive) {
            return false;
        }
        minLive = slice;
        codes.entrySet()
                .removeIf(
                        entry -> {
                            if (entry.getKey() >= slice) {
                                return false;
                            }
                            int code = entry.getValue();
                            sliceOfCode[code] = NONE;
                            liveKeys -= keysOfCode[code];
                            keysOfCode[code] = 0;
                            expired++;
                            return true;
                        });
        lastSlice = NONE;
        return true;
    }

    /** Frees the codes of expired slices, which no page may contain. */
    void release() {
        free = new int[sliceOfCode.length];
        freeCount = 0;
        for (int code = 1; code < used; code++) {
            if (sliceOfCode[code] == NONE) {
                free[freeCount++] = code;
            }
        }
        expired = 0;
    }
}
