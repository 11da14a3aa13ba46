// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization.strings;

/**
 * Two arrays, 12 KiB together, that a thread reuses for its strings. Long strings are processed in
 * parts.
 *
 * <p>A borrowed instance is exclusive until it is returned. An input or output that processes a
 * string while another one is processed gets a new instance.
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

    /** Borrows an instance. It must be returned before foreign code is called. */
    static Scratch borrow() {
        Scratch scratch = OF_THREAD.get();
        return scratch.taken ? new Scratch() : scratch;
    }

    /** Returns an array for this number of chars: the thread's or a new one. */
    char[] chars(int length) {
        return length <= chars.length ? chars : new char[length];
    }

    void giveBack() {
        taken = false;
    }
}
