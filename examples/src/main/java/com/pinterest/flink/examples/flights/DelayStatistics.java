// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Objects;

/**
 * Sums over a set of flights. All of them are integers, so that the order of the flights does not
 * matter. Mutable, like all POJOs of Flink.
 */
public final class DelayStatistics {

    private static final int MEAN_DECIMALS = 2;

    private long flights;
    private long totalDelay;
    private int maxDelay = Integer.MIN_VALUE;
    private long totalDistance;

    void add(Flight flight) {
        flights++;
        totalDelay += flight.getDelay();
        maxDelay = Math.max(maxDelay, flight.getDelay());
        totalDistance += flight.getDistance();
    }

    void add(DelayStatistics other) {
        flights += other.flights;
        totalDelay += other.totalDelay;
        maxDelay = Math.max(maxDelay, other.maxDelay);
        totalDistance += other.totalDistance;
    }

    /**
     * Returns the mean delay in minutes with two decimals; half is rounded away from zero. Requires
     * at least one flight.
     */
    BigDecimal meanDelay() {
        return BigDecimal.valueOf(totalDelay)
                .divide(BigDecimal.valueOf(flights), MEAN_DECIMALS, RoundingMode.HALF_UP);
    }

    public long getFlights() {
        return flights;
    }

    public void setFlights(long flights) {
        this.flights = flights;
    }

    /** Minutes. */
    public long getTotalDelay() {
        return totalDelay;
    }

    public void setTotalDelay(long totalDelay) {
        this.totalDelay = totalDelay;
    }

    /** Minutes. */
    public int getMaxDelay() {
        return maxDelay;
    }

    public void setMaxDelay(int maxDelay) {
        this.maxDelay = maxDelay;
    }

    /** Miles. */
    public long getTotalDistance() {
        return totalDistance;
    }

    public void setTotalDistance(long totalDistance) {
        this.totalDistance = totalDistance;
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof DelayStatistics)) {
            return false;
        }
        DelayStatistics that = (DelayStatistics) other;
        return flights == that.flights
                && totalDelay == that.totalDelay
                && maxDelay == that.maxDelay
                && totalDistance == that.totalDistance;
    }

    @Override
    public int hashCode() {
        return Objects.hash(flights, totalDelay, maxDelay, totalDistance);
    }

    @Override
    public String toString() {
        return String.format(
                "%d flights, total delay %d, max delay %d, total distance %d",
                flights, totalDelay, maxDelay, totalDistance);
    }
}
