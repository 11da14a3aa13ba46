// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.http;

import java.util.Objects;

/** A value of the service. */
public final class Named {

    private String name;

    public Named() {}

    Named(String name) {
        this.name = name;
    }

    public String getName() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Named that && Objects.equals(name, that.name);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(name);
    }

    @Override
    public String toString() {
        return name;
    }
}
