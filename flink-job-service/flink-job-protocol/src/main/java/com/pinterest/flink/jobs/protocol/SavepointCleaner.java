// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/**
 * Deletes savepoints that are not kept. First they leave the catalogue, durably, and then their
 * files go: a crash in between leaves files that the next call deletes. Thread-safe.
 */
public final class SavepointCleaner {

    private final SavepointCatalogue catalogue;
    private final SavepointFiles files;
    private final Clock clock;

    public SavepointCleaner(SavepointCatalogue catalogue, SavepointFiles files, Clock clock) {
        this.catalogue = catalogue;
        this.files = files;
        this.clock = clock;
    }

    /** Deletes what is due, and returns what could not be deleted, for people. */
    public List<String> clean() {
        for (JobKey job : catalogue.jobsWithSavepoints()) {
            catalogue.expire(job, clock.instant());
        }
        List<String> left = new ArrayList<>();
        for (SavepointEntry savepoint : catalogue.expired()) {
            Finding<String> gone = files.delete(savepoint);
            if (gone.isYes()) {
                catalogue.deleted(savepoint, clock.instant());
            } else {
                left.add(savepoint.path() + ": " + gone.detail());
            }
        }
        return left;
    }
}
