// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.pinterest.flink.jobs.protocol.Clusters;
import com.pinterest.flink.jobs.store.JobDatabase;
import com.pinterest.flink.jobs.store.Rows.ClusterEntry;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The clusters of the database. Thread-safe. */
final class ClusterRegistry implements Clusters {

    /** Port 9 is that of the discard service: nobody answers in the name of a cluster there. */
    private static final String NOWHERE = "http://localhost:9";

    private final JobDatabase database;
    private final Artifacts artifacts;
    private final Secrets secrets;
    private final Storages storages;
    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http;
    private final Map<String, SessionCluster> byAddress = new ConcurrentHashMap<>();

    ClusterRegistry(
            JobDatabase database,
            Artifacts artifacts,
            Secrets secrets,
            Tls tls,
            Storages storages) {
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(3));
        tls.clusters().ifPresent(builder::sslContext);
        this.http = builder.build();
        this.database = database;
        this.artifacts = artifacts;
        this.secrets = secrets;
        this.storages = storages;
    }

    @Override
    public SessionCluster get(String name) {
        String address =
                database.clusters().stream()
                        .filter(cluster -> cluster.name().equals(name))
                        .map(ClusterEntry::address)
                        .findFirst()
                        .orElse(NOWHERE);
        return byAddress.computeIfAbsent(
                address,
                key ->
                        new SessionCluster(
                                new FlinkRest(http, json, key, secrets),
                                artifacts,
                                secrets,
                                database.instance(),
                                storages));
    }

    boolean contains(String name) {
        return database.clusters().stream().anyMatch(cluster -> cluster.name().equals(name));
    }
}
