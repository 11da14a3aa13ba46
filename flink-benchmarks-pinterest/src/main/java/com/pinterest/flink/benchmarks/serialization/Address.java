// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.serialization;

import java.util.Objects;

/** The POJO inside {@link Event}; in its own file, so that it is not a nest-mate. */
public final class Address {

    private String city;
    private double latitude;
    private double longitude;
    private String street;
    private int zip;

    /** For serializers. */
    public Address() {}

    public String getCity() {
        return city;
    }

    public void setCity(String city) {
        this.city = city;
    }

    public double getLatitude() {
        return latitude;
    }

    public void setLatitude(double latitude) {
        this.latitude = latitude;
    }

    public double getLongitude() {
        return longitude;
    }

    public void setLongitude(double longitude) {
        this.longitude = longitude;
    }

    public String getStreet() {
        return street;
    }

    public void setStreet(String street) {
        this.street = street;
    }

    public int getZip() {
        return zip;
    }

    public void setZip(int zip) {
        this.zip = zip;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Address that
                && Objects.equals(city, that.city)
                && Double.compare(latitude, that.latitude) == 0
                && Double.compare(longitude, that.longitude) == 0
                && Objects.equals(street, that.street)
                && zip == that.zip;
    }

    @Override
    public int hashCode() {
        return Objects.hash(city, latitude, longitude, street, zip);
    }
}
