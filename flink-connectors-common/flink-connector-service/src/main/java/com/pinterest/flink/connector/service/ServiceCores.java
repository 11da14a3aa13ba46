// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.JobID;

/**
 * The services that are in use in this JVM. What uses one acquires it first; the last one to
 * release it closes it. Thread-safe.
 *
 * <p>If the connector is a part of the job's jar, each job has its own copy of this class; if it is
 * in {@code lib/}, jobs are distinguished by their ids.
 */
@Internal
public final class ServiceCores {

    private static final Map<List<Object>, Shared<?, ?>> CORES = new HashMap<>();

    private ServiceCores() {}

    private static final class Shared<K, V> {

        final ServiceCore<K, V> core;
        final String settings;
        int users;

        Shared(ServiceCore<K, V> core, String settings) {
            this.core = core;
            this.settings = settings;
        }
    }

    /** A use of a service, which has to be closed once. */
    public static final class Lease<K, V> implements AutoCloseable {

        private final List<Object> id;
        private final Shared<K, V> shared;
        private boolean closed;

        private Lease(List<Object> id, Shared<K, V> shared) {
            this.id = id;
            this.shared = shared;
        }

        public ServiceCore<K, V> core() {
            return shared.core;
        }

        /** Releases the service; does nothing the second time. */
        @Override
        public void close() throws IOException {
            synchronized (CORES) {
                if (closed) {
                    return;
                }
                closed = true;
                shared.users--;
                if (shared.users > 0) {
                    return;
                }
                CORES.remove(id);
            }
            shared.core.close();
        }
    }

    /**
     * Uses a service, and connects to it if nothing else does.
     *
     * @throws IllegalStateException if the job has another service with this name
     */
    public static <K, V> Lease<K, V> acquire(
            ServiceClient<K, V> client, JobID job, ClassLoader userCodeClassLoader)
            throws Exception {
        synchronized (CORES) {
            // A job that restarts after a failure may get another class loader.
            List<Object> id = List.of(job, userCodeClassLoader, client.name);
            // Of this name and class loader, so of these types.
            @SuppressWarnings("unchecked")
            Shared<K, V> shared = (Shared<K, V>) CORES.get(id);
            String settings = client.settings();
            if (shared == null) {
                ServiceConnection<K, V> connection = client.protocol.connect(userCodeClassLoader);
                Timers timers = new ThreadTimers("service-" + client.name, userCodeClassLoader);
                shared = new Shared<>(new ServiceCore<>(client, connection, timers), settings);
                CORES.put(id, shared);
            } else if (!shared.settings.equals(settings)) {
                throw new IllegalStateException(
                        String.format(
                                "The job has two services with the name %s. Give one of them another"
                                        + " name, or use the same client for both. The settings are"
                                        + " %s, and %s.",
                                client.name, shared.settings, settings));
            }
            shared.users++;
            return new Lease<>(id, shared);
        }
    }
}
