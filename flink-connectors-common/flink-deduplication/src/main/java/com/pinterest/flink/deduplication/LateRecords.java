// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.deduplication;

import org.apache.flink.annotation.PublicEvolving;

/**
 * What happens to a record that comes too late to be compared with others: whose event time is more
 * than a window before the watermark. Each is counted in the metric {@code numLateRecords}.
 */
@PublicEvolving
public enum LateRecords {
    /** It goes to the side output {@link Deduplication#lateTag}. */
    SIDE_OUTPUT,

    /** It is emitted, though it may be a duplicate. */
    EMIT,

    /** It is dropped, though it may be new. */
    DROP
}
