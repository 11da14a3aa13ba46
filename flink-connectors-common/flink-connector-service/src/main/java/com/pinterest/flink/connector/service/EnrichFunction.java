// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import java.io.Serializable;
import javax.annotation.Nullable;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.functions.Function;

/**
 * Puts a record and the service's value for it together.
 *
 * @param <T> the type of the records
 * @param <V> the type of the values
 * @param <R> the type of the result
 */
@PublicEvolving
@FunctionalInterface
public interface EnrichFunction<T, V, R> extends Function, Serializable {

    /**
     * Returns what is emitted for a record.
     *
     * @param value the service's value, shared by records, so it must not be changed; null if the
     *     service has none
     * @return null to emit nothing
     */
    @Nullable
    R enrich(T record, @Nullable V value) throws Exception;
}
