// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.conformance;

import java.time.Duration;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * A listener that turns SQL mini-batch on for tests that do not set it, if the system property
 * {@value #PROPERTY} is true. It changes the defaults of the options before they are read. Bundles
 * are small, so that the rows of a test make several.
 */
public final class MiniBatchByDefault implements LauncherSessionListener {

    static final String PROPERTY = "conformance.mini-batch";

    private static final String OPTIONS =
            "org.apache.flink.table.api.config.ExecutionConfigOptions";

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        if (!Boolean.getBoolean(PROPERTY)) {
            return;
        }
        try {
            Class<?> options = Class.forName(OPTIONS);
            DefaultOf.set(options, "TABLE_EXEC_MINIBATCH_ENABLED", true);
            DefaultOf.set(options, "TABLE_EXEC_MINIBATCH_ALLOW_LATENCY", Duration.ofSeconds(1));
            DefaultOf.set(options, "TABLE_EXEC_MINIBATCH_SIZE", 3L);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("mini-batch cannot be turned on", e);
        }
    }
}
