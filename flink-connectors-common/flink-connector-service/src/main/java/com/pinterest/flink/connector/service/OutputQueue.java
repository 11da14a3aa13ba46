// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;
import org.apache.flink.util.function.RunnableWithException;
import org.apache.flink.util.function.ThrowingConsumer;

/**
 * The records that are in flight, and the order in which they may leave.
 *
 * <p>Two things hold a record back after it has completed. <em>Barriers</em>, which are watermarks
 * and the like, divide the records into segments: no record and no barrier leaves before all
 * records of earlier segments have. Within a segment, a record waits for those that came before it
 * in its <em>lane</em>, if it has one. Not thread-safe.
 */
final class OutputQueue<E extends OutputQueue.Entry> {

    /** A record in flight; it belongs to one queue. */
    abstract static class Entry {

        private Segment segment;
        @Nullable private Object lane;
        private boolean completed;
    }

    /** The records between two barriers. */
    private static final class Segment {

        /** Records that have not been released: not completed, or behind others in their lane. */
        int pending;

        /** Records that wait for earlier segments. */
        final List<Entry> released = new ArrayList<>();

        /** The barrier behind these records; null for the last segment. */
        @Nullable RunnableWithException barrier;
    }

    private final ThrowingConsumer<E, Exception> output;

    /** All records that have not left, in the order of their arrival. */
    private final LinkedHashSet<E> entries = new LinkedHashSet<>();

    private final ArrayDeque<Segment> segments = new ArrayDeque<>();
    private final Map<Object, ArrayDeque<E>> lanes = new HashMap<>();

    /**
     * Creates an empty queue.
     *
     * @param output gets each record when it leaves
     */
    OutputQueue(ThrowingConsumer<E, Exception> output) {
        this.output = output;
        segments.add(new Segment());
    }

    int size() {
        return entries.size();
    }

    Collection<E> entries() {
        return Collections.unmodifiableCollection(entries);
    }

    /** Whether a record could leave at once, so that it need not be added. */
    boolean isFree(@Nullable Object lane) {
        return segments.size() == 1 && (lane == null || !lanes.containsKey(lane));
    }

    /**
     * Adds a record.
     *
     * @param lane null if it waits for no other record
     */
    void add(E entry, @Nullable Object lane) {
        Entry fields = entry;
        fields.segment = segments.getLast();
        fields.segment.pending++;
        fields.lane = lane;
        entries.add(entry);
        if (lane != null) {
            lanes.computeIfAbsent(lane, unused -> new ArrayDeque<>()).add(entry);
        }
    }

    /** Adds a barrier, which runs when the records before it have left. */
    void addBarrier(RunnableWithException barrier) throws Exception {
        segments.getLast().barrier = barrier;
        segments.add(new Segment());
        advance();
    }

    /** Lets a record leave that need not be waited for any more, as soon as its turn comes. */
    void complete(E entry) throws Exception {
        Entry fields = entry;
        fields.completed = true;
        if (fields.lane == null) {
            release(entry);
        } else {
            Object key = fields.lane;
            ArrayDeque<E> lane = lanes.get(key);
            while (!lane.isEmpty() && ((Entry) lane.peek()).completed) {
                release(lane.poll());
            }
            if (lane.isEmpty()) {
                lanes.remove(key);
            }
        }
        advance();
    }

    private void release(E entry) throws Exception {
        Segment segment = ((Entry) entry).segment;
        segment.pending--;
        if (segment == segments.peek()) {
            leave(entry);
        } else {
            segment.released.add(entry);
        }
    }

    private void leave(E entry) throws Exception {
        entries.remove(entry);
        output.accept(entry);
    }

    private void advance() throws Exception {
        while (segments.peek().pending == 0 && segments.peek().barrier != null) {
            segments.poll().barrier.run();
            Segment next = segments.peek();
            for (Entry entry : next.released) {
                // Only entries of this queue are added to its segments.
                @SuppressWarnings("unchecked")
                E typed = (E) entry;
                leave(typed);
            }
            next.released.clear();
        }
    }
}
