// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A main class that prints measurements, and what each side of a pair runs.
 *
 * @param cases the names of what it measures
 * @param startsCluster whether the main class takes the directory of its tree and our jar as
 *     further arguments
 */
record Workload(
        List<String> cases, Class<?> mainClass, boolean startsCluster, Side vanilla, Side ours) {

    /** Whose jars stand on the class path. */
    enum Tree {
        TWIN,
        DISTRIBUTION
    }

    /** What one side runs. */
    record Side(Tree tree, List<String> arguments) {}

    /** The same on the twin and on the distribution. */
    static Workload onBothTrees(List<String> cases, Class<?> mainClass, List<String> arguments) {
        return new Workload(
                cases,
                mainClass,
                false,
                new Side(Tree.TWIN, arguments),
                new Side(Tree.DISTRIBUTION, arguments));
    }

    /** As {@link #onBothTrees}, on clusters of the twin and of the distribution. */
    static Workload onBothClusters(List<String> cases, Class<?> mainClass, List<String> arguments) {
        return onBothTrees(cases, mainClass, arguments).onClusters();
    }

    /** The same, by a main class that starts a cluster. */
    Workload onClusters() {
        return new Workload(cases, mainClass, true, vanilla, ours);
    }

    /** Two things on the distribution: a yardstick takes the place of vanilla. */
    static Workload againstYardstick(
            List<String> cases,
            Class<?> mainClass,
            List<String> yardstick,
            List<String> arguments) {
        return new Workload(
                cases,
                mainClass,
                false,
                new Side(Tree.DISTRIBUTION, yardstick),
                new Side(Tree.DISTRIBUTION, arguments));
    }

    /** Whether the pattern is found in the name of a case. */
    boolean hasCase(Pattern names) {
        return cases.stream().anyMatch(name -> names.matcher(name).find());
    }

    /** What it measures of the cases of a pattern, to show progress. */
    String description(Pattern names) {
        List<String> wanted = cases.stream().filter(name -> names.matcher(name).find()).toList();
        return wanted.size() == 1
                ? wanted.get(0)
                : String.format("%s and %d more", wanted.get(0), wanted.size() - 1);
    }
}
