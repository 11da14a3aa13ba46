// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.store;

/** A database that cannot be opened, read or written. */
public final class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
