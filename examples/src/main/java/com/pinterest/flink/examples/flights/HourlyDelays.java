// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import java.util.Objects;

/**
 * A result row: the statistics of the flights of one origin and hour. Mutable, like all POJOs of
 * Flink.
 */
public final class HourlyDelays {

    private long hour;
    private String origin;
    private DelayStatistics statistics;

    /** For Flink's POJO serializer. */
    public HourlyDelays() {}

    public HourlyDelays(long hour, String origin, DelayStatistics statistics) {
        this.hour = hour;
        this.origin = origin;
        this.statistics = statistics;
    }

    /** Returns {@code hour,origin,flights,total_delay,mean_delay,max_delay,total_distance}. */
    String toCsv() {
        return String.join(
                ",",
                FlightTime.format(hour),
                origin,
                Long.toString(statistics.getFlights()),
                Long.toString(statistics.getTotalDelay()),
                statistics.meanDelay().toPlainString(),
                Integer.toString(statistics.getMaxDelay()),
                Long.toString(statistics.getTotalDistance()));
    }

    /** Returns the start of the hour in milliseconds. */
    public long getHour() {
        return hour;
    }

    public void setHour(long hour) {
        this.hour = hour;
    }

    public String getOrigin() {
        return origin;
    }

    public void setOrigin(String origin) {
        this.origin = origin;
    }

    public DelayStatistics getStatistics() {
        return statistics;
    }

    public void setStatistics(DelayStatistics statistics) {
        this.statistics = statistics;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HourlyDelays
                && hour == ((HourlyDelays) other).hour
                && Objects.equals(origin, ((HourlyDelays) other).origin)
                && Objects.equals(statistics, ((HourlyDelays) other).statistics);
    }

    @Override
    public int hashCode() {
        return Objects.hash(hour, origin, statistics);
    }

    @Override
    public String toString() {
        return FlightTime.format(hour) + " " + origin + ": " + statistics;
    }
}
