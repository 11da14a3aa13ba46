// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import java.io.Serializable;
import org.apache.flink.annotation.PublicEvolving;

/**
 * How a service is called: the part of a client that knows its protocol. Serializable and
 * immutable; a job carries it to the TaskManagers.
 *
 * <p>A protocol only sends calls and reads answers. Batches, retries, time-outs, limits and the
 * cache are those of {@link ServiceClient}. The conformance kit in {@code
 * flink-connector-service-testkit} checks an implementation.
 *
 * @param <K> the type of the keys, which need {@code equals} and {@code hashCode}
 * @param <V> the type of the values
 */
@PublicEvolving
public interface ServiceProtocol<K, V> extends Serializable {

    /**
     * Prepares to call the service. It need not be reachable: a call reports that it is not.
     *
     * @param userCodeClassLoader the class loader of the job
     * @throws Exception if the configuration is wrong, which fails the job
     */
    ServiceConnection<K, V> connect(ClassLoader userCodeClassLoader) throws Exception;

    /** Whether a call may be repeated when it is not known whether the service has done it. */
    boolean isIdempotent();

    /** The number of keys that a call can have; at least 1. */
    default int maxBatchSize() {
        return Integer.MAX_VALUE;
    }

    /** The number of calls that a TaskManager can have in progress; at least 1. */
    default int maxConcurrency() {
        return Integer.MAX_VALUE;
    }

    /**
     * What makes this differ from another protocol of the same class, without secrets. Clients of a
     * job that have the same name must agree on it.
     */
    default String settings() {
        return getClass().getName();
    }
}
