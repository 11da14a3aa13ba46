// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.serialization;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import javax.annotation.Nullable;

/**
 * Whether serializers are to be fast: the feature {@code serialization} of a job, where there is no
 * configuration to ask.
 *
 * <p>Serializers are made, deserialized and restored from snapshots in places that know nothing of
 * a job but the class loader of its user's code. So the decision is kept by that. It can be changed
 * at any time, as the bytes are the same; a serializer asks once.
 *
 * <p>Thread-safe. Class loaders are held weakly.
 */
public final class SerializationFeature {

    private static final Map<ClassLoader, Boolean> JOBS =
            Collections.synchronizedMap(new WeakHashMap<>());

    private static volatile boolean ofProcess = true;

    private SerializationFeature() {}

    /** Decides for the serializers of a job. */
    public static void decide(ClassLoader userCode, boolean active) {
        JOBS.put(userCode, active);
    }

    /** Decides for serializers that belong to no job which was decided on. */
    public static void decide(boolean active) {
        ofProcess = active;
    }

    /**
     * Whether serializers of that class loader's job are to be fast.
     *
     * @param userCode null for the boot class loader, which is no job's
     */
    public static boolean isActive(@Nullable ClassLoader userCode) {
        Boolean decided = JOBS.get(userCode);
        return decided == null ? ofProcess : decided;
    }
}
