// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import java.time.Duration;
import java.util.Objects;

/**
 * A row of the flights file, with the {@code frontier} that the reader adds to it.
 *
 * <p>Mutable, like all POJOs of Flink. Times are milliseconds since the epoch; the local time in
 * the file is interpreted as UTC.
 */
public final class Flight {

    private long departure;
    private int delay;
    private int distance;
    private Route route;
    private long frontier;

    /** For Flink's POJO serializer. */
    public Flight() {}

    /**
     * Creates a flight without a position in the file: its frontier is its own event time.
     *
     * @param departure actual departure in milliseconds
     * @param delay delay at arrival in minutes; negative if the flight was early
     * @param distance miles
     */
    public Flight(long departure, int delay, int distance, Route route) {
        this.departure = departure;
        this.delay = delay;
        this.distance = distance;
        this.route = route;
        this.frontier = eventTime();
    }

    /** Returns the event time: departure plus delay, in milliseconds. */
    public long eventTime() {
        return departure + Duration.ofMinutes(delay).toMillis();
    }

    public long getDeparture() {
        return departure;
    }

    public void setDeparture(long departure) {
        this.departure = departure;
    }

    public int getDelay() {
        return delay;
    }

    public void setDelay(int delay) {
        this.delay = delay;
    }

    public int getDistance() {
        return distance;
    }

    public void setDistance(int distance) {
        this.distance = distance;
    }

    public Route getRoute() {
        return route;
    }

    public void setRoute(Route route) {
        this.route = route;
    }

    /** Returns the largest event time of the rows of the file up to and including this one. */
    public long getFrontier() {
        return frontier;
    }

    public void setFrontier(long frontier) {
        this.frontier = frontier;
    }

    /**
     * Returns the row of the file, followed by the number of minutes by which it trails the
     * frontier.
     */
    String toLateCsv() {
        return String.join(
                ",",
                FlightTime.format(departure),
                Integer.toString(delay),
                Integer.toString(distance),
                route.getOrigin(),
                route.getDestination(),
                Long.toString(Duration.ofMillis(frontier - eventTime()).toMinutes()));
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Flight)) {
            return false;
        }
        Flight that = (Flight) other;
        return departure == that.departure
                && delay == that.delay
                && distance == that.distance
                && frontier == that.frontier
                && Objects.equals(route, that.route);
    }

    @Override
    public int hashCode() {
        return Objects.hash(departure, delay, distance, route, frontier);
    }

    @Override
    public String toString() {
        return String.format(
                "%s %s, delay %d min, %d miles, frontier %s",
                FlightTime.format(departure), route, delay, distance, FlightTime.format(frontier));
    }
}
