// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.base;

/**
 * A failure that the reader can act on: its message names the patch, file, line or jar concerned.
 */
public final class OverlayException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Creates a failure with a message that stands on its own. */
    public OverlayException(String message) {
        super(message);
    }

    /** Creates a failure with a message that stands on its own and the fault that led to it. */
    public OverlayException(String message, Throwable cause) {
        super(message, cause);
    }
}
