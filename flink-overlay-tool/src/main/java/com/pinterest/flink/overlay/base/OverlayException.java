// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.base;

/** A failure that the reader can act on. Its message names the patch, file, line or jar. */
public final class OverlayException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Creates a failure with a self-contained message. */
    public OverlayException(String message) {
        super(message);
    }

    /** Creates a failure with a self-contained message and its cause. */
    public OverlayException(String message, Throwable cause) {
        super(message, cause);
    }
}
