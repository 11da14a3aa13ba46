// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import java.util.Objects;

/** The two airports of a flight as IATA codes. Mutable, like all POJOs of Flink. */
public final class Route {

    private String origin;
    private String destination;

    /** For Flink's POJO serializer. */
    public Route() {}

    public Route(String origin, String destination) {
        this.origin = origin;
        this.destination = destination;
    }

    public String getOrigin() {
        return origin;
    }

    public void setOrigin(String origin) {
        this.origin = origin;
    }

    public String getDestination() {
        return destination;
    }

    public void setDestination(String destination) {
        this.destination = destination;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Route
                && Objects.equals(origin, ((Route) other).origin)
                && Objects.equals(destination, ((Route) other).destination);
    }

    @Override
    public int hashCode() {
        return Objects.hash(origin, destination);
    }

    @Override
    public String toString() {
        return origin + "-" + destination;
    }
}
