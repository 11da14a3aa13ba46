// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.strings;

/**
 * Two arrays that a thread keeps for its strings, 12 KiB: long strings go through in parts.
 *
 * <p>Who takes them has them alone until it gives them back. An input or output that calls for a
 * string while it serves one, gets new ones.
 */
final class Scratch {

    private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

    final byte[] bytes = new byte[8192];
    final char[] chars = new char[2048];

    private boolean taken;

    private Scratch() {}

    static Scratch take() {
        Scratch scratch = OF_THREAD.get();
        if (scratch.taken) {
            return new Scratch();
        }
        scratch.taken = true;
        return scratch;
    }

    /** For use until anyone else's code is called. */
    static Scratch borrow() {
        Scratch scratch = OF_THREAD.get();
        return scratch.taken ? new Scratch() : scratch;
    }

    /** An array for so many chars, of the thread's or new. */
    char[] chars(int length) {
        return length <= chars.length ? chars : new char[length];
    }

    void giveBack() {
        taken = false;
    }
}
