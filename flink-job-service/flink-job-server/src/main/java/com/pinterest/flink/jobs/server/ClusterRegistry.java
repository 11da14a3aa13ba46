// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.pinterest.flink.jobs.protocol.Clusters;
import com.pinterest.flink.jobs.store.JobDatabase;
import com.pinterest.flink.jobs.store.Rows.ClusterEntry;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The clusters of the database. Thread-safe. */
final class ClusterRegistry implements Clusters {

    /** Port 9 is that of the discard service: nobody answers in the name of a cluster there. */
    private static final String NOWHERE = "http://localhost:9";

    /** The kinds of clusters. */
    static final String SESSION = "session";

    static final String YARN = "yarn-application";

    /** The address of a cluster that Hadoop's configuration names. */
    static final String YARN_ADDRESS = "yarn";

    private static final Duration SECOND_LOOK = Duration.ofSeconds(15);

    private final JobDatabase database;
    private final SharedFiles files;
    private final Secrets secrets;
    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http;
    private final Optional<Driver> driver;
    private final Map<String, FlinkCluster> byAddress = new ConcurrentHashMap<>();

    ClusterRegistry(
            JobDatabase database,
            Artifacts artifacts,
            Secrets secrets,
            Tls tls,
            Storages storages,
            Optional<Driver> driver) {
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(3));
        tls.clusters().ifPresent(builder::sslContext);
        this.http = builder.build();
        this.database = database;
        this.files = new SharedFiles(artifacts, storages);
        this.secrets = secrets;
        this.driver = driver;
    }

    @Override
    public FlinkCluster get(String name) {
        ClusterEntry entry = find(name).orElse(new ClusterEntry(name, SESSION, NOWHERE));
        return byAddress.computeIfAbsent(
                entry.kind() + " " + entry.address(),
                key -> entry.kind().equals(YARN) ? yarn() : session(entry.address()));
    }

    private SessionCluster session(String address) {
        return new SessionCluster(
                new FlinkRest(http, json, address, secrets), files, secrets, database.instance());
    }

    private FlinkCluster yarn() {
        return new YarnCluster(
                driver, this::session, files, secrets, database.instance(), SECOND_LOOK);
    }

    /** Returns what is known of a cluster, empty if there is none of this name. */
    Optional<ClusterEntry> find(String name) {
        return database.clusters().stream()
                .filter(cluster -> cluster.name().equals(name))
                .findFirst();
    }
}
