// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.state;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.jobgraph.OperatorID;

/**
 * Requests of operators for filters of keys, by which a state backend skips most keys without
 * state. The backend may support them or not: {@link RocksDBKeyFilters}. An operator requests them
 * before its state is initialized; the request is stored in the configuration of its task, where
 * the backend finds it.
 *
 * <p>Not thread-safe; called by the task's thread.
 */
public final class KeyFilters {

    private static final String ENTRIES = "pinterest.key-filters.entries.";
    private static final String PREFIXES = "pinterest.key-filters.prefixes.";
    private static final String GIVEN = "pinterest.key-filters.given.";

    private KeyFilters() {}

    /**
     * Requests filters of whole entries for all states of the operator: of keys, and of keys with a
     * map key. They serve look-ups of single entries.
     */
    public static void askForEntries(Configuration task, OperatorID operator) {
        task.setString(ENTRIES + operator, Boolean.toString(true));
    }

    /**
     * Requests filters of keys for all states of the operator. They serve iteration over the
     * entries of a key.
     *
     * @param keyBytes the number of leading bytes to filter by; each serialized key of the operator
     *     must have at least this number of bytes
     */
    public static void askForPrefixes(Configuration task, OperatorID operator, int keyBytes) {
        if (keyBytes <= 0) {
            throw new IllegalArgumentException("keyBytes must be positive, but is " + keyBytes);
        }
        task.setString(PREFIXES + operator, Integer.toString(keyBytes));
    }

    /** Returns whether an operator that requested filters of whole entries got them. */
    public static boolean hasEntries(Configuration task, OperatorID operator) {
        return isGiven(task, operator) && asksForEntries(task, operator.toString());
    }

    /**
     * Returns whether an operator that requested filters by prefix got them. In this case, an
     * iterator may be restricted to the entries of one key.
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

    /**
     * Returns the number of bytes of the serialized keys of an operator to filter by; 0 for no
     * filters.
     */
    static int prefixBytes(Configuration task, String operator) {
        return Integer.parseInt(task.getString(PREFIXES + operator, "0"));
    }

    static void give(Configuration task, String operator) {
        task.setString(GIVEN + operator, Boolean.toString(true));
    }
}
