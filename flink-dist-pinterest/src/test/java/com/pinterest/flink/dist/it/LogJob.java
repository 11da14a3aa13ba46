// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The example job on a topic and its archive, in a fat jar with the tiered Kafka connector. */
final class LogJob {

    static final String CLASS = "com.pinterest.flink.examples.flights.FlightDelaysFromLog";

    private LogJob() {}

    /** Merges the jar of the examples and the connector with what it needs. */
    static Path fatJar(Path target) throws IOException {
        return FatJar.merge(target, List.of(Path.of(Flights.jar()), connector()));
    }

    private static Path connector() throws IOException {
        return FlinkTree.files(
                        FlinkTree.DISTRIBUTION.home().resolve("opt"),
                        "flink-connector-tiered-kafka-*.jar")
                .get(0);
    }

    /** A command line that starts the job in the background. */
    static String[] command(
            Path fatJar,
            Flights flights,
            String brokers,
            String topic,
            String archive,
            String... options) {
        List<String> command = new ArrayList<>(List.of("run", "-d", "-p", "2"));
        command.addAll(List.of(options));
        command.addAll(List.of("-c", CLASS, fatJar.toString()));
        command.addAll(flights.logArguments(brokers, topic, archive));
        return command.toArray(new String[0]);
    }

    /** A command line with more arguments of the job. */
    static String[] with(String[] command, String... more) {
        return Stream.concat(Stream.of(command), Stream.of(more)).toArray(String[]::new);
    }
}
