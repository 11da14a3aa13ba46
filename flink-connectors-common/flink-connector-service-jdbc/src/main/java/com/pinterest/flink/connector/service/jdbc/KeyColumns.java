// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.jdbc;

import java.io.Serializable;
import org.apache.flink.annotation.PublicEvolving;

/**
 * The values that stand for a key in a query. Called by several threads at the same time.
 *
 * @param <K> the type of the keys
 */
@PublicEvolving
@FunctionalInterface
public interface KeyColumns<K> extends Serializable {

    /** Returns a value for each column, of a type that the driver takes as a parameter. */
    Object[] of(K key);
}
