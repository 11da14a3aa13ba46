// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

/** The clusters that jobs run on. */
@FunctionalInterface
public interface Clusters {

    /** Returns the cluster of a name; one that is not known answers nothing. */
    Cluster get(String name);
}
