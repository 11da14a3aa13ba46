// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.guard;

import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.graph.ExecutionPlan;

/**
 * A start of a job by the job service, which puts its name and its epoch into the configuration.
 */
final class ManagedJob {

    private static final ConfigOption<String> NAME =
            ConfigOptions.key("pinterest.job.name").stringType().noDefaultValue();
    private static final ConfigOption<Long> EPOCH =
            ConfigOptions.key("pinterest.job.epoch").longType().defaultValue(0L);

    /** NAMESPACE/NAME: also a path below the directory of the fences. */
    private static final Pattern KEY = Pattern.compile("[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*");

    private final String key;
    private final long epoch;
    private final String runId;

    ManagedJob(String key, long epoch, String runId) {
        if (!KEY.matcher(key).matches()) {
            throw new JobRefusedException(
                    "The value of " + NAME.key() + " is not NAMESPACE/NAME: " + key);
        }
        this.key = key;
        this.epoch = epoch;
        this.runId = runId;
    }

    /**
     * Returns the identity of a job, empty if it does not come from the job service.
     *
     * @throws JobRefusedException if the identity has another form
     */
    static Optional<ManagedJob> of(ExecutionPlan plan) {
        Configuration configuration = plan.getJobConfiguration();
        return configuration
                .getOptional(NAME)
                .map(
                        key ->
                                new ManagedJob(
                                        key,
                                        configuration.get(EPOCH),
                                        plan.getJobID().toHexString()));
    }

    /** NAMESPACE/NAME. */
    String key() {
        return key;
    }

    long epoch() {
        return epoch;
    }

    /** The id of the job in Flink, which is of this epoch alone. */
    String runId() {
        return runId;
    }

    @Override
    public String toString() {
        return key + " epoch " + epoch + " (" + runId + ")";
    }
}
