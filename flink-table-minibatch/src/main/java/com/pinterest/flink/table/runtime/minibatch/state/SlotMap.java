// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;

/**
 * The slots of a map, by its keys. Keys that come again in the order in which they were put, as the
 * same objects, are found without their hash code, which takes long for rows.
 *
 * <p>Not thread-safe.
 *
 * @param <K> keys, which must not change
 */
final class SlotMap<K> {

    private final Map<K, Slot> byKey = new HashMap<>();
    private final List<K> keys = new ArrayList<>();
    private final List<Slot> slots = new ArrayList<>();

    /** Where the last key was that was found by its place. */
    private int place;

    @Nullable
    Slot get(K key) {
        for (int next = place; next < keys.size() && next <= place + 1; next++) {
            if (keys.get(next) == key) {
                place = next;
                return slots.get(next);
            }
        }
        return byKey.get(key);
    }

    /**
     * Adds a slot.
     *
     * @return whether there was none for this key
     */
    boolean putIfAbsent(K key, Slot slot) {
        if (byKey.putIfAbsent(key, slot) != null) {
            return false;
        }
        keys.add(key);
        slots.add(slot);
        return true;
    }

    List<Slot> slots() {
        return slots;
    }

    void clear() {
        byKey.clear();
        keys.clear();
        slots.clear();
        place = 0;
    }
}
