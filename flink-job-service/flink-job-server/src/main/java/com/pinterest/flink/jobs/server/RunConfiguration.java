// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.pinterest.flink.jobs.protocol.Cluster.Start;
import com.pinterest.flink.jobs.protocol.JobKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a run is started with: the configuration and the arguments, with their secrets. */
final class RunConfiguration {

    /** What the service needs to find the state of a run that has ended; a user may override it. */
    private static final Map<String, String> DEFAULTS =
            Map.of(
                    "execution.checkpointing.externalized-checkpoint-retention",
                    "RETAIN_ON_CANCELLATION",
                    "execution.checkpointing.num-retained",
                    "3");

    private RunConfiguration() {}

    /**
     * The configuration of a run, which says of which job it is.
     *
     * @throws IOException if a secret is missing
     */
    static Map<String, String> of(Start start, Secrets secrets, String instance)
            throws IOException {
        Map<String, String> configuration = new HashMap<>(DEFAULTS);
        for (Map.Entry<String, String> entry : start.spec().configuration().entrySet()) {
            configuration.put(
                    entry.getKey(), secrets.resolve(start.job().namespace(), entry.getValue()));
        }
        configuration.put("pinterest.job.instance", instance);
        configuration.put("pinterest.job.name", start.job().toString());
        configuration.put("pinterest.job.epoch", Long.toString(start.epoch()));
        return configuration;
    }

    /**
     * Puts the secrets into texts.
     *
     * @throws IOException if one is missing
     */
    static List<String> resolved(JobKey job, List<String> texts, Secrets secrets)
            throws IOException {
        List<String> resolved = new ArrayList<>();
        for (String text : texts) {
            resolved.add(secrets.resolve(job.namespace(), text));
        }
        return resolved;
    }
}
