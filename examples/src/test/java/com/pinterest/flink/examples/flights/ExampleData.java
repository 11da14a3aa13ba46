// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.examples.flights;

import java.nio.file.Path;

/** The module's files that tests read, relative to its directory, where the build runs them. */
final class ExampleData {

    static final Path FLIGHTS = Path.of("data", "flights-2001-01.csv.gz").toAbsolutePath();
    static final Path AIRPORTS = Path.of("data", "airports.csv").toAbsolutePath();
    static final Path DELAYED_ORIGINS = Path.of("sql", "delayed-origins.sql").toAbsolutePath();

    private ExampleData() {}
}
