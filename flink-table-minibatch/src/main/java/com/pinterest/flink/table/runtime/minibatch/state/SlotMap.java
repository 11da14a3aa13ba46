// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;

/**
 * The slots of a map. An expected slot is found by its key. If the keys come again in the expected
 * order, as the same objects, this needs no hash code, which is expensive for rows. All slots are
 * also found by their keys in the database, because the keys of a map state need not be equal by
 * value or immutable.
 *
 * <p>Not thread-safe.
 *
 * @param <K> the type of the keys of the map
 */
final class SlotMap<K> {

    private final List<K> expectedKeys = new ArrayList<>();
    private final Map<K, Slot> byExpectedKey = new HashMap<>();

    /** The slots. Expected ones come first, in the order of their keys. */
    private final List<Slot> slots = new ArrayList<>();

    /** Null until a slot is looked up that was not expected. */
    @Nullable private Map<Slot, Slot> byDatabaseKey;

    /** The position of the last key that was found by its position. */
    private int place;

    /**
     * Adds an expected slot. Call before any other slot is added.
     *
     * @param key the key, equal by value and immutable
     * @return whether there was no slot for this key
     */
    boolean expect(K key, Slot slot) {
        if (byExpectedKey.putIfAbsent(key, slot) != null) {
            return false;
        }
        expectedKeys.add(key);
        slots.add(slot);
        return true;
    }

    /** Returns the expected slot for a key; null if there is none. */
    @Nullable
    Slot expected(K key) {
        for (int next = place; next < expectedKeys.size() && next <= place + 1; next++) {
            if (expectedKeys.get(next) == key) {
                place = next;
                return slots.get(next);
            }
        }
        return byExpectedKey.isEmpty() ? null : byExpectedKey.get(key);
    }

    /** Returns the slot with the same key in the database; null if there is none. */
    @Nullable
    Slot sameAs(Slot slot) {
        return byDatabaseKey().get(slot);
    }

    /** Adds a slot for which {@link #sameAs} found none. */
    void add(Slot slot) {
        byDatabaseKey().put(slot, slot);
        slots.add(slot);
    }

    private Map<Slot, Slot> byDatabaseKey() {
        if (byDatabaseKey == null) {
            byDatabaseKey = new HashMap<>();
            slots.forEach(each -> byDatabaseKey.put(each, each));
        }
        return byDatabaseKey;
    }

    List<Slot> slots() {
        return slots;
    }

    void clear() {
        expectedKeys.clear();
        byExpectedKey.clear();
        slots.clear();
        byDatabaseKey = null;
        place = 0;
    }
}
