// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import javax.annotation.Nullable;

/**
 * The state of the feature {@code serialization} for each job, for code that has no access to a
 * configuration.
 *
 * <p>Serializers are created, deserialized and restored from snapshots in places where the only
 * known part of a job is the class loader of its user code. The decision is therefore stored per
 * class loader. It may change at any time, because the bytes are the same; a serializer asks once.
 *
 * <p>Thread-safe. Class loaders are held weakly.
 */
public final class SerializationFeature {

    private static final Map<ClassLoader, Boolean> JOBS =
            Collections.synchronizedMap(new WeakHashMap<>());

    private static volatile boolean ofProcess = true;

    private SerializationFeature() {}

    /** Sets the decision for the serializers of a job. */
    public static void decide(ClassLoader userCode, boolean active) {
        JOBS.put(userCode, active);
    }

    /** Sets the decision for serializers of class loaders without a decision of their own. */
    public static void decide(boolean active) {
        ofProcess = active;
    }

    /**
     * Returns whether the feature is active for the job of this class loader.
     *
     * @param userCode the class loader of the job's user code; null for the boot class loader,
     *     which belongs to no job
     */
    public static boolean isActive(@Nullable ClassLoader userCode) {
        Boolean decided = JOBS.get(userCode);
        return decided == null ? ofProcess : decided;
    }
}
