// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.kryo;

/** A medium-sized class of a user, and a POJO, so that it can be measured as both. */
public final class Bean {
    public long id = 4_711_815L;
    public String name = "a name of 23 characters";
    public int quantity = 12;
    public double price = 17.95;
    public boolean open = true;
    public Long customer = 90_125L;
    public String city = "Oklahoma City";
    public long time = 1_700_000_000_000L;
}
