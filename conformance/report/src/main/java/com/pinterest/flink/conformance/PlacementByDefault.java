// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.conformance;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * A listener that lets the scheduler extensions place the tasks of tests that do not set {@code
 * scheduler.placement.mode}, if the system property {@value #PROPERTY} is true.
 */
public final class PlacementByDefault implements LauncherSessionListener {

    static final String PROPERTY = "conformance.placement";

    private static final String OPTIONS = "com.pinterest.flink.runtime.placement.PlacementOptions";

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        if (!Boolean.getBoolean(PROPERTY)) {
            return;
        }
        try {
            Class<?> mode = Class.forName(OPTIONS + "$Mode");
            Object auto = mode.getField("AUTO").get(null);
            DefaultOf.set(Class.forName(OPTIONS), "MODE", auto);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the placement cannot be turned on", e);
        }
    }
}
