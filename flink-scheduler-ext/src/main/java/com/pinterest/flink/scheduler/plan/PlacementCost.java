// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.plan;

import java.util.Locale;

/**
 * What a placement costs under given {@link Costs}: the metrics of the objective. Bytes are in the
 * unit of {@link Costs#edgeBytes}; those that cross a zone cross a rack and a host, too. Immutable.
 */
public final class PlacementCost {

    /** Relative differences below this are rounding. */
    private static final double ROUNDING = 1e-9;

    private final double utilisation;
    private final double crossZone;
    private final double crossRack;
    private final double crossHost;
    private final double movedState;
    private final double totalBytes;

    PlacementCost(
            double utilisation,
            double crossZone,
            double crossRack,
            double crossHost,
            double movedState,
            double totalBytes) {
        this.utilisation = utilisation;
        this.crossZone = crossZone;
        this.crossRack = crossRack;
        this.crossHost = crossHost;
        this.movedState = movedState;
        this.totalBytes = totalBytes;
    }

    /** The highest share of a capacity in use, over all TaskManagers and kinds of load. */
    public double utilisation() {
        return utilisation;
    }

    public double crossZone() {
        return crossZone;
    }

    public double crossRack() {
        return crossRack;
    }

    public double crossHost() {
        return crossHost;
    }

    /** Bytes of state that have to be moved to another TaskManager. */
    public double movedState() {
        return movedState;
    }

    /** The bytes of all edges, wherever they go. */
    public double totalBytes() {
        return totalBytes;
    }

    /**
     * Compares in the objective's order.
     *
     * @param utilisationFirst or else the bytes
     * @return negative if this placement is better
     */
    int compareTo(PlacementCost other, boolean utilisationFirst) {
        int byUtilisation = compare(utilisation, other.utilisation, other.utilisation);
        int byBytes = compareBytes(other);
        int first = utilisationFirst ? byUtilisation : byBytes;
        int second = utilisationFirst ? byBytes : byUtilisation;
        if (first != 0) {
            return first;
        }
        if (second != 0) {
            return second;
        }
        return compare(movedState, other.movedState, Math.max(movedState, other.movedState));
    }

    private int compareBytes(PlacementCost other) {
        int byZone = compare(crossZone, other.crossZone, totalBytes);
        if (byZone != 0) {
            return byZone;
        }
        int byRack = compare(crossRack, other.crossRack, totalBytes);
        return byRack != 0 ? byRack : compare(crossHost, other.crossHost, totalBytes);
    }

    /**
     * Whether no metric is worse than another placement's by more than a share: bytes by a share of
     * all bytes, other metrics by a share of themselves.
     */
    boolean isWithin(PlacementCost other, double share) {
        double bytes = (share + ROUNDING) * totalBytes;
        double rest = 1 + share + ROUNDING;
        return utilisation <= other.utilisation * rest
                && crossZone <= other.crossZone + bytes
                && crossRack <= other.crossRack + bytes
                && crossHost <= other.crossHost + bytes
                && movedState <= other.movedState * rest;
    }

    private static int compare(double value, double other, double scale) {
        return Math.abs(value - other) <= ROUNDING * scale ? 0 : Double.compare(value, other);
    }

    @Override
    public String toString() {
        double percent = totalBytes > 0 ? 100 / totalBytes : 0;
        return String.format(
                Locale.ROOT,
                "utilisation %.3f, bytes across zones %.1f %%, racks %.1f %%, hosts %.1f %%,"
                        + " state moved %.0f",
                utilisation,
                crossZone * percent,
                crossRack * percent,
                crossHost * percent,
                movedState);
    }
}
