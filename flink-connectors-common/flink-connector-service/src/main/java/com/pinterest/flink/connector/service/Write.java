// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import java.io.Serializable;

/**
 * One record to write. Equal records are different writes, so this has the equality of objects.
 *
 * @param <T> the type of the record
 */
final class Write<T> implements Serializable {

    private static final long serialVersionUID = 1;

    /** Only {@link WriteStateSerializer} stores writes. */
    final transient T record;

    Write(T record) {
        this.record = record;
    }
}
