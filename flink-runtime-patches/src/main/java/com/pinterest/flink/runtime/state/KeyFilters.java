// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.state;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.OperatorID;

/**
 * Filters that tell, of most keys without state, that they have none, as far as the backend has
 * such: {@link RocksDBKeyFilters}. An operator asks for them before its state is initialized; how
 * is kept in the configuration of its task, where the backend looks.
 *
 * <p>Not thread-safe; to be called by the task's thread.
 */
public final class KeyFilters {

    private static final String ASKED = "pinterest.key-filters.asked.";
    private static final String BY_PREFIX = "pinterest.key-filters.by-prefix.";
    private static final int NOT_ASKED = -1;

    private KeyFilters() {}

    /** Asks for filters of whole entries: of keys, and of keys with a key of a map. */
    public static void askForEntries(Configuration task, OperatorID operator) {
        ask(task, operator, 0);
    }

    /**
     * Asks for filters of keys, for states that are gone through by key.
     *
     * @param keyBytes so many bytes each serialized key of the operator has at least; those are
     *     filtered by
     */
    public static void askForPrefixes(Configuration task, OperatorID operator, int keyBytes) {
        if (keyBytes <= 0) {
            throw new IllegalArgumentException("No bytes of keys: " + keyBytes);
        }
        ask(task, operator, keyBytes);
    }

    private static void ask(Configuration task, OperatorID operator, int keyBytes) {
        task.setString(ASKED + operator, Integer.toString(keyBytes));
    }

    /**
     * Whether an operator that asked for it got filters by prefix: an iterator may then be told to
     * keep to the entries of one key.
     */
    public static boolean hasPrefixes(Configuration task, OperatorID operator) {
        return Boolean.parseBoolean(task.getString(BY_PREFIX + operator, ""));
    }

    static boolean isAsked(Configuration task, String operator) {
        return asked(task, operator) != NOT_ASKED;
    }

    /** By how many bytes of the serialized keys an operator's are filtered; 0 for entries. */
    static int keyBytes(Configuration task, String operator) {
        return asked(task, operator);
    }

    private static int asked(Configuration task, String operator) {
        return Integer.parseInt(task.getString(ASKED + operator, Integer.toString(NOT_ASKED)));
    }

    static void givePrefixes(Configuration task, String operator) {
        task.setString(BY_PREFIX + operator, Boolean.toString(true));
    }
}
