// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.guard;

import static org.apache.flink.configuration.ConfigOptions.key;

import org.apache.flink.configuration.ConfigOption;

/** The options of the guard, which are options of the cluster. */
public final class JobGuardOptions {

    /** Which jobs are guarded. */
    public enum Mode {
        /** None: as in the official release. */
        OFF,
        /** Those that the job service starts. */
        MANAGED,
        /** Also others: they must not have the name of a job of the job service. */
        NAMES
    }

    /** Which jobs are guarded. */
    public static final ConfigOption<Mode> MODE =
            key("job-guard.mode")
                    .enumType(Mode.class)
                    .defaultValue(Mode.OFF)
                    .withDescription(
                            "Which jobs the JobManager guards: 'off', none; 'managed', those of the"
                                    + " job service, which run only as their current epoch;"
                                    + " 'names', also all others, which are refused if they have"
                                    + " the name of a job that the job service has started.");

    /** Where the fences are. */
    public static final ConfigOption<String> DIRECTORY =
            key("job-guard.directory")
                    .stringType()
                    .noDefaultValue()
                    .withDescription(
                            "The directory of the fences, which the job service writes and the"
                                    + " JobManagers read. It should be on the storage of the"
                                    + " checkpoints. Required unless job-guard.mode is 'off'.");

    private JobGuardOptions() {}
}
