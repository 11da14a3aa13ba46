// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The tests that also fail on the official release, from {@code known.tsv}. Its columns, separated
 * by tabs, are the module, the class, the method (or {@code *}), {@code known} or {@code flaky},
 * and the reason.
 */
final class KnownFailures {

    private static final Set<String> KINDS = Set.of("known", "flaky");
    private static final String ALL_METHODS = "*";

    private final Set<List<String>> tests = new HashSet<>();

    private KnownFailures() {}

    /**
     * Reads the file.
     *
     * @throws IllegalArgumentException on an invalid line, or one without a reason
     */
    static KnownFailures read(Path file) throws IOException {
        KnownFailures known = new KnownFailures();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] fields = line.split("\t", -1);
            if (fields.length != 5 || !KINDS.contains(fields[3]) || fields[4].isBlank()) {
                throw new IllegalArgumentException(
                        file
                                + ":"
                                + number
                                + ": expected module, class, method, known|flaky, reason");
            }
            known.tests.add(List.of(fields[0], fields[1], fields[2]));
        }
        return known;
    }

    boolean contains(String module, String testClass, String method) {
        return tests.contains(List.of(module, testClass, method))
                || tests.contains(List.of(module, testClass, ALL_METHODS));
    }
}
