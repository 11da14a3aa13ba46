// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.state;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.annotation.Nullable;

/**
 * The slots of a map. Those that were expected are found by their keys: where these come again in
 * the order in which they were expected, as the same objects, without their hash code, which takes
 * long for rows. All are found by their keys in the database, since keys of a map state need
 * neither be equal by value nor stay as they are.
 *
 * <p>Not thread-safe.
 *
 * @param <K> keys of the map
 */
final class SlotMap<K> {

    private final List<K> expectedKeys = new ArrayList<>();
    private final Map<K, Slot> byExpectedKey = new HashMap<>();

    /** Those that were expected come first, in the order of their keys. */
    private final List<Slot> slots = new ArrayList<>();

    /** Null until one is searched that was not expected. */
    @Nullable private Map<Slot, Slot> byDatabaseKey;

    /** Where the last key was that was found by its place. */
    private int place;

    /**
     * Adds a slot that was expected, before any that was not.
     *
     * @param key equal by value, and not to be changed
     * @return whether there was none for this key
     */
    boolean expect(K key, Slot slot) {
        if (byExpectedKey.putIfAbsent(key, slot) != null) {
            return false;
        }
        expectedKeys.add(key);
        slots.add(slot);
        return true;
    }

    /** The slot that was expected for a key; null if there is none. */
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

    /** The slot of the same key in the database; null if there is none. */
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
