// SPDX-License-Identifier: Apache-2.0
package com.example.flights;

/** What the service says about an airport. A POJO, so that it can be read from JSON. */
public final class Airport {

    private String name;
    private String state;

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public String getState() {
        return state;
    }

    public void setState(String state) {
        this.state = state;
    }
}
