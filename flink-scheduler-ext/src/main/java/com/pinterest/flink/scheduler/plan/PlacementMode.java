// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

/** What a plan puts first. */
public enum PlacementMode {
    /** The highest utilisation first, at any price in bytes that cross zones, racks and hosts. */
    BALANCED,
    /** Bytes first, with a utilisation of at most the baseline's. */
    LOCALITY,
    /**
     * Where costs are known, the highest utilisation first, at the price of a few bytes; else
     * {@link #LOCALITY}.
     */
    AUTO;

    boolean isUtilisationFirst(Costs costs) {
        return this == BALANCED || (this == AUTO && costs.isKnown());
    }
}
