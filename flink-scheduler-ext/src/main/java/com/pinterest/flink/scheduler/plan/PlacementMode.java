// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

/** What a plan puts first. */
public enum PlacementMode {
    /** The highest utilisation first, then bytes that cross zones, racks and hosts. */
    BALANCED,
    /** Bytes first, with a utilisation of at most the baseline's. */
    LOCALITY,
    /** {@link #BALANCED} where costs are known, else {@link #LOCALITY}. */
    AUTO;

    boolean isUtilisationFirst(Costs costs) {
        return this == BALANCED || (this == AUTO && costs.isKnown());
    }
}
