// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

/** What an observation proves. */
public enum Evidence {
    /** It is so: someone who knows has said so. */
    YES,
    /** It is not so: someone who knows has said so. */
    NO,
    /** Nobody who knows has answered. This never starts, ends or fails anything. */
    UNKNOWN
}
