// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.state;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.OperatorID;

/**
 * Filters that tell, of most keys without state, that they have none, as far as the backend has
 * such: {@link RocksDBKeyFilters}. An operator asks for them before its state is initialized; that
 * is kept in the configuration of its task, where the backend looks.
 *
 * <p>Not thread-safe; to be called by the task's thread.
 */
public final class KeyFilters {

    private static final String ENTRIES = "pinterest.key-filters.entries.";
    private static final String PREFIXES = "pinterest.key-filters.prefixes.";
    private static final String GIVEN = "pinterest.key-filters.given.";

    private KeyFilters() {}

    /**
     * Asks for filters of whole entries, of keys and of keys with a key of a map, for look-ups; all
     * states of the operator get them.
     */
    public static void askForEntries(Configuration task, OperatorID operator) {
        task.setString(ENTRIES + operator, Boolean.toString(true));
    }

    /**
     * Asks for filters of keys, for maps that are gone through; all states of the operator get
     * them.
     *
     * @param keyBytes so many bytes each serialized key of the operator has at least; those are
     *     filtered by
     */
    public static void askForPrefixes(Configuration task, OperatorID operator, int keyBytes) {
        if (keyBytes <= 0) {
            throw new IllegalArgumentException("No bytes of keys: " + keyBytes);
        }
        task.setString(PREFIXES + operator, Integer.toString(keyBytes));
    }

    /** Whether an operator that asked for it got filters of whole entries. */
    public static boolean hasEntries(Configuration task, OperatorID operator) {
        return isGiven(task, operator) && asksForEntries(task, operator.toString());
    }

    /**
     * Whether an operator that asked for it got filters by prefix: an iterator may then be told to
     * keep to the entries of one key.
     */
    public static boolean hasPrefixes(Configuration task, OperatorID operator) {
        return isGiven(task, operator) && prefixBytes(task, operator.toString()) > 0;
    }

    private static boolean isGiven(Configuration task, OperatorID operator) {
        return Boolean.parseBoolean(task.getString(GIVEN + operator, ""));
    }

    static boolean asksForEntries(Configuration task, String operator) {
        return Boolean.parseBoolean(task.getString(ENTRIES + operator, ""));
    }

    /** By how many bytes of the serialized keys an operator's are to be filtered; 0 for none. */
    static int prefixBytes(Configuration task, String operator) {
        return Integer.parseInt(task.getString(PREFIXES + operator, "0"));
    }

    static void give(Configuration task, String operator) {
        task.setString(GIVEN + operator, Boolean.toString(true));
    }
}
