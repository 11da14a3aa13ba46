// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.pinterest.flink.jobs.protocol.Clusters;
import com.pinterest.flink.jobs.store.JobDatabase;
import com.pinterest.flink.jobs.store.Rows.ClusterEntry;
import java.net.http.HttpClient;
import java.nio.file.Path;
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

    /**
     * Stands for the distribution that the service runs in. The address of a YARN cluster is the
     * distribution whose jobs run there; Hadoop's configuration names the cluster.
     */
    static final String OWN_DISTRIBUTION = "yarn";

    private static final Duration SECOND_LOOK = Duration.ofSeconds(15);

    private final JobDatabase database;
    private final SharedFiles files;
    private final Secrets secrets;
    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http;
    private final Drivers drivers;
    private final Map<String, FlinkCluster> byAddress = new ConcurrentHashMap<>();

    ClusterRegistry(
            JobDatabase database,
            Artifacts artifacts,
            Secrets secrets,
            Tls tls,
            Storages storages,
            Drivers drivers) {
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(3));
        tls.clusters().ifPresent(builder::sslContext);
        this.http = builder.build();
        this.database = database;
        this.files = new SharedFiles(artifacts, storages);
        this.secrets = secrets;
        this.drivers = drivers;
    }

    @Override
    public FlinkCluster get(String name) {
        ClusterEntry entry = find(name).orElse(new ClusterEntry(name, SESSION, NOWHERE));
        return byAddress.computeIfAbsent(
                entry.kind() + " " + entry.address(),
                key ->
                        entry.kind().equals(YARN)
                                ? yarn(entry.address())
                                : session(entry.address()));
    }

    private SessionCluster session(String address) {
        return new SessionCluster(
                new FlinkRest(http, json, address, secrets), files, secrets, database.instance());
    }

    private FlinkCluster yarn(String home) {
        Optional<Driver> driver =
                home.equals(OWN_DISTRIBUTION)
                        ? drivers.own()
                        : Optional.of(drivers.of(Path.of(home)));
        return new YarnCluster(
                driver, this::session, files, secrets, database.instance(), SECOND_LOOK);
    }

    /** Whether jobs of such a distribution can be started. */
    static boolean isDistribution(String address) {
        return address.equals(OWN_DISTRIBUTION) || Drivers.isDistribution(Path.of(address));
    }

    /** Returns what is known of a cluster, empty if there is none of this name. */
    Optional<ClusterEntry> find(String name) {
        return database.clusters().stream()
                .filter(cluster -> cluster.name().equals(name))
                .findFirst();
    }
}
