// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.deduplication;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * A page: the keys of one value of {@link PageSelector}, in an open-addressing hash table of one
 * word a key, or two. A word holds the fingerprint in its high bits and the code of the key's slice
 * in its low ones. Not thread-safe.
 *
 * <p>The place of a word follows from its fingerprint alone and rises with it, so that a table can
 * be rebuilt from its words in one sequential pass. Words of expired slices are dropped when the
 * table is rebuilt: when it is full, or when {@link Slices} needs their codes.
 *
 * <p>New words are also kept in the order of their arrival until a checkpoint has written them.
 */
final class Page {

    /** The format of a run, the first byte of each. */
    static final byte RUN_VERSION = 1;

    private static final int MIN_CAPACITY = 8;
    private static final double MAX_LOAD = 0.875;

    /** The load of a table that was rebuilt. */
    private static final double MIN_LOAD = 0.8;

    private static final int RUN_HEADER = 3;

    private final boolean wide;

    /** The runs of each slice in the state, the numbers from 0 to the value minus one. */
    private final Map<Long, Integer> runs = new TreeMap<>();

    private long[] words = new long[MIN_CAPACITY];
    private long[] more;
    private int size;
    private int bits;

    private long[] fresh = new long[0];
    private int freshCount;

    /**
     * @param wide whether keys have two words
     * @param bits of {@link Slices}
     */
    Page(boolean wide, int bits) {
        this.wide = wide;
        this.bits = bits;
        more = wide ? new long[MIN_CAPACITY] : null;
    }

    /** The runs of each slice that the state has for this page. */
    Map<Long, Integer> runs() {
        return runs;
    }

    // ------------------------------------------------------------------ table

    /**
     * The index of a key that was seen in a slice or at most a window before or after it; negative
     * if there is none.
     */
    int find(long fingerprint, long second, Slices slices, long slice) {
        long codeMask = (1L << bits) - 1;
        long wanted = fingerprint & ~codeMask;
        for (int i = place(wanted, words.length); words[i] != 0; i = next(i, words.length)) {
            if ((words[i] & ~codeMask) == wanted
                    && (more == null || more[i] == second)
                    && slices.isWithinReach((int) (words[i] & codeMask), slice)) {
                return i;
            }
        }
        return -1;
    }

    /** Adds a key, which is in no checkpoint yet. */
    void add(long fingerprint, long second, int code, Slices slices) {
        insert(fingerprint, second, code, slices);
        keepFresh(fingerprint, second, code);
    }

    /** Adds a key that the state has. */
    void insert(long fingerprint, long second, int code, Slices slices) {
        if (size + 1 > words.length * MAX_LOAD) {
            rebuild(slices, 1);
        }
        put(word(fingerprint, code), second);
        slices.keyAdded(code);
    }

    /** The code of the slice of a key. */
    int code(int index) {
        return (int) (words[index] & ((1L << bits) - 1));
    }

    /** Moves a key to another slice. */
    void move(int index, int code, Slices slices) {
        slices.keyMoved(code(index), code);
        words[index] = word(words[index], code);
        keepFresh(words[index], more == null ? 0 : more[index], code);
    }

    /** Drops what has expired, makes room for more keys, and takes over the bits of the slices. */
    void rebuild(Slices slices, int additional) {
        long[] oldWords = words;
        long[] oldMore = more;
        long oldMask = (1L << bits) - 1;
        bits = slices.bits();
        int live = 0;
        for (long word : oldWords) {
            if (word != 0 && slices.isLive((int) (word & oldMask))) {
                live++;
            }
        }
        int capacity = (int) Math.max(MIN_CAPACITY, Math.ceil((live + additional) / MIN_LOAD));
        words = new long[capacity];
        more = wide ? new long[capacity] : null;
        size = 0;
        // A cluster may wrap around the end: begin behind a free place, so that places rise.
        int start = 0;
        while (oldWords[start] != 0) {
            start++;
        }
        for (int n = 1; n < oldWords.length; n++) {
            int i = (start + n) % oldWords.length;
            long word = oldWords[i];
            if (word != 0 && slices.isLive((int) (word & oldMask))) {
                put(
                        word(word & ~oldMask, (int) (word & oldMask)),
                        oldMore == null ? 0 : oldMore[i]);
            }
        }
        rebuildFresh(slices, oldMask);
    }

    private void put(long word, long second) {
        long mask = (1L << bits) - 1;
        int i = place(word & ~mask, words.length);
        while (words[i] != 0) {
            i = next(i, words.length);
        }
        words[i] = word;
        if (more != null) {
            more[i] = second;
        }
        size++;
    }

    /** The word of a fingerprint, whose low bits do not count, and a code. */
    private long word(long fingerprint, int code) {
        return (fingerprint & -(1L << bits)) | code;
    }

    private static int place(long fingerprint, int capacity) {
        return (int) (((fingerprint >>> Integer.SIZE) * capacity) >>> Integer.SIZE);
    }

    private static int next(int index, int capacity) {
        return index + 1 == capacity ? 0 : index + 1;
    }

    /** The bytes of the table, and of what the next checkpoint writes. */
    long bytes() {
        return Long.BYTES * ((wide ? 2L : 1L) * words.length + fresh.length);
    }

    // ------------------------------------------------------------------ checkpoints

    private void keepFresh(long fingerprint, long second, int code) {
        int width = wide ? 2 : 1;
        if (freshCount + width > fresh.length) {
            fresh = Arrays.copyOf(fresh, Math.max(2 * width, fresh.length + fresh.length / 2));
        }
        fresh[freshCount++] = word(fingerprint, code);
        if (wide) {
            fresh[freshCount++] = second;
        }
    }

    private void rebuildFresh(Slices slices, long oldMask) {
        int width = wide ? 2 : 1;
        int kept = 0;
        for (int i = 0; i < freshCount; i += width) {
            if (slices.isLive((int) (fresh[i] & oldMask))) {
                fresh[kept] = word(fresh[i] & ~oldMask, (int) (fresh[i] & oldMask));
                if (wide) {
                    fresh[kept + 1] = fresh[i + 1];
                }
                kept += width;
            }
        }
        freshCount = kept;
    }

    /** Whether there are keys that no checkpoint has written. */
    boolean isDirty() {
        return freshCount > 0;
    }

    /**
     * Returns the keys that no checkpoint has written, a run for each live slice, and forgets that
     * they are new.
     */
    Map<Long, byte[]> takeFreshRuns(Slices slices) {
        int width = wide ? 2 : 1;
        long mask = (1L << bits) - 1;
        Map<Long, Integer> counts = new TreeMap<>();
        int end;
        for (int start = 0; start < freshCount; start = end) {
            end = endOfStretch(start);
            int code = (int) (fresh[start] & mask);
            if (slices.isLive(code)) {
                counts.merge(slices.slice(code), (end - start) / width, Integer::sum);
            }
        }
        Map<Long, byte[]> result = new TreeMap<>();
        Map<Long, ByteBuffer> buffers = new TreeMap<>();
        counts.forEach(
                (slice, count) -> {
                    byte[] run = newRun(count);
                    result.put(slice, run);
                    buffers.put(slice, keys(run));
                });
        for (int start = 0; start < freshCount; start = end) {
            end = endOfStretch(start);
            int code = (int) (fresh[start] & mask);
            if (slices.isLive(code)) {
                ByteBuffer run = buffers.get(slices.slice(code));
                for (int i = start; i < end; i += width) {
                    run.putLong(fresh[i] & ~mask);
                    if (wide) {
                        run.putLong(fresh[i + 1]);
                    }
                }
            }
        }
        freshCount = 0;
        fresh = new long[0];
        return result;
    }

    /** The end of the new keys that have the slice of the one at an index: mostly all do. */
    private int endOfStretch(int start) {
        int width = wide ? 2 : 1;
        long mask = (1L << bits) - 1;
        int end = start + width;
        while (end < freshCount && (fresh[end] & mask) == (fresh[start] & mask)) {
            end += width;
        }
        return end;
    }

    private byte[] newRun(int keys) {
        byte[] run = new byte[RUN_HEADER + keys * (wide ? 2 : 1) * Long.BYTES];
        run[0] = RUN_VERSION;
        run[1] = (byte) bits;
        run[2] = (byte) (wide ? 2 : 1);
        return run;
    }

    private static ByteBuffer keys(byte[] run) {
        return ByteBuffer.wrap(run, RUN_HEADER, run.length - RUN_HEADER);
    }

    /** How many low bits of the fingerprints in a run are unknown. */
    static int bitsOf(byte[] run) {
        return run[1];
    }

    /** The number of keys in a run. */
    static int keysOf(byte[] run) {
        return (run.length - RUN_HEADER) / (run[2] * Long.BYTES);
    }

    /** Fails if a run was not written by this version, or with other settings. */
    void check(byte[] run) {
        if (run.length < RUN_HEADER || run[0] != RUN_VERSION) {
            throw new IllegalStateException(
                    "The state of the deduplication has a format that this version cannot read: "
                            + (run.length == 0 ? "an empty value" : "version " + run[0])
                            + ". It was written by a later version.");
        }
        if (run[2] != (wide ? 2 : 1) || (run.length - RUN_HEADER) % (run[2] * Long.BYTES) != 0) {
            throw new IllegalStateException(
                    "The state of the deduplication is corrupt: a run of "
                            + run.length
                            + " bytes with "
                            + run[2]
                            + " words a key.");
        }
    }

    /** Adds the keys of a run. The bits of the slices must not be fewer than those of the run. */
    void load(byte[] run, int code, Slices slices) {
        ByteBuffer buffer = keys(run);
        while (buffer.hasRemaining()) {
            long fingerprint = buffer.getLong();
            insert(fingerprint, wide ? buffer.getLong() : 0, code, slices);
        }
    }

    /** Puts the keys of several runs of a slice into one. */
    byte[] merge(Iterable<byte[]> parts) {
        int runBits = 0;
        int keys = 0;
        for (byte[] part : parts) {
            check(part);
            runBits = Math.max(runBits, bitsOf(part));
            keys += keysOf(part);
        }
        byte[] merged = newRun(keys);
        merged[1] = (byte) runBits;
        ByteBuffer target = keys(merged);
        for (byte[] part : parts) {
            target.put(keys(part));
        }
        return merged;
    }
}
