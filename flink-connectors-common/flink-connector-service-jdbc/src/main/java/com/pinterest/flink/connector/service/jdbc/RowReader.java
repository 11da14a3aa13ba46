// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.jdbc;

import java.io.Serializable;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.apache.flink.annotation.PublicEvolving;

/**
 * Reads something from a row of a result. Called by several threads at the same time.
 *
 * @param <R> what is read
 */
@PublicEvolving
@FunctionalInterface
public interface RowReader<R> extends Serializable {

    /**
     * Reads the current row.
     *
     * @param row must not be moved or kept
     * @return not null
     */
    R read(ResultSet row) throws SQLException;
}
