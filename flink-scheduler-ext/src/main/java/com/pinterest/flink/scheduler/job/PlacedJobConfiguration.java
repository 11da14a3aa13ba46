// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.job;

import org.apache.flink.configuration.Configuration;

/**
 * The configuration of a JobMaster, which also tells the job. Upstream's factories of schedulers
 * hand it on to where strategies are chosen, and the job is not known there otherwise. It never
 * leaves the JobMaster.
 */
final class PlacedJobConfiguration extends Configuration {

    private static final long serialVersionUID = 1L;

    private final transient PlacedJob job;

    PlacedJobConfiguration(Configuration configuration, PlacedJob job) {
        super(configuration);
        this.job = job;
    }

    PlacedJob job() {
        return job;
    }
}
