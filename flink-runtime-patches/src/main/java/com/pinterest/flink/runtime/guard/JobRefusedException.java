// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.guard;

import org.apache.flink.util.FlinkRuntimeException;

/** The guard does not let a job start, or go on. */
public final class JobRefusedException extends FlinkRuntimeException {

    private static final long serialVersionUID = 1L;

    JobRefusedException(String message) {
        super(message);
    }
}
