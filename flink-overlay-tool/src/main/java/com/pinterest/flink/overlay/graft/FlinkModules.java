// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.graft;

import com.pinterest.flink.overlay.base.OverlayException;
import java.util.HashMap;
import java.util.Map;

/** The artifact ids of Flink's modules by the names that notices and nested jars use. */
final class FlinkModules {

    /**
     * Name and artifact id of the modules with a name that is not the artifact id, one per line.
     */
    private static final String NAMES =
            """
            flink-shaded-asm9 = flink-shaded-asm-9
            flink-shaded-guava-33 = flink-shaded-guava
            flink-table-planner = flink-table-planner_2.12
            Flink : Annotations = flink-annotations
            Flink : Clients = flink-clients
            Flink : Connectors : Base = flink-connector-base
            Flink : Connectors : Datagen = flink-connector-datagen
            Flink : Connectors : File Sink Common = flink-file-sink-common
            Flink : Connectors : Files = flink-connector-files
            Flink : Container = flink-container
            Flink : Core = flink-core
            Flink : Core API = flink-core-api
            Flink : DSTL : DFS = flink-dstl-dfs
            Flink : DataStream : API = flink-datastream-api
            Flink : DataStream : Impl = flink-datastream
            Flink : Examples : Streaming = flink-examples-streaming
            Flink : External resources : GPU = flink-external-resource-gpu
            Flink : FileSystems : Hadoop FS = flink-hadoop-fs
            Flink : FileSystems : S3 FS Base = flink-s3-fs-base
            Flink : Format : Common = flink-format-common
            Flink : Formats : Csv = flink-csv
            Flink : Formats : Json = flink-json
            Flink : Libraries : CEP = flink-cep
            Flink : Libraries : State processor API = flink-state-processor-api
            Flink : Metrics : Core = flink-metrics-core
            Flink : Metrics : Dropwizard = flink-metrics-dropwizard
            Flink : Metrics : JMX = flink-metrics-jmx
            Flink : Metrics : Slf4j = flink-metrics-slf4j
            Flink : Metrics : StatsD = flink-metrics-statsd
            Flink : Queryable state : Client Java = flink-queryable-state-client-java
            Flink : Queryable state : Runtime = flink-queryable-state-runtime
            Flink : RPC : Akka-Loader = flink-rpc-akka-loader
            Flink : RPC : Core = flink-rpc-core
            Flink : State backends : Changelog = flink-statebackend-changelog
            Flink : State backends : Common = flink-statebackend-common
            Flink : State backends : ForSt = flink-statebackend-forst
            Flink : State backends : RocksDB = flink-statebackend-rocksdb
            Flink : Streaming Java = flink-streaming-java
            Flink : Table : API Java = flink-table-api-java
            Flink : Table : API Java bridge = flink-table-api-java-bridge
            Flink : Table : API Scala = flink-table-api-scala_2.12
            Flink : Table : API bridge base = flink-table-api-bridge-base
            Flink : Table : Calcite Bridge = flink-table-calcite-bridge
            Flink : Table : Common = flink-table-common
            Flink : Table : Planner Loader = flink-table-planner-loader
            Flink : Table : SQL Gateway : API = flink-sql-gateway-api
            Flink : Table : SQL Parser = flink-sql-parser
            Flink : Yarn = flink-yarn
            """;

    private static final Map<String, String> ARTIFACT_IDS = parse();

    private FlinkModules() {}

    /**
     * Returns the artifact id of a module.
     *
     * @param name a name such as {@code Flink : Core}, or an artifact id
     * @param where the source of the name, for the error message if it is unknown
     */
    static String artifactId(String name, String where) {
        String id = ARTIFACT_IDS.getOrDefault(name, name);
        if (!id.startsWith("flink-")) {
            throw new OverlayException(
                    where
                            + " names the module \""
                            + name
                            + "\", whose artifact id is unknown: add it to FlinkModules");
        }
        return id;
    }

    private static Map<String, String> parse() {
        Map<String, String> ids = new HashMap<>();
        NAMES.lines()
                .map(line -> line.split(" = ", 2))
                .forEach(words -> ids.put(words[0], words[1]));
        return ids;
    }
}
