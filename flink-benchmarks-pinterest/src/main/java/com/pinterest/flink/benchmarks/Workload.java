// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A main class that prints measurements, and the arguments of both sides of a pair.
 *
 * @param cases the names of the measured cases
 * @param startsCluster whether the main class takes the directory of its tree and our jar as
 *     additional arguments
 */
record Workload(
        List<String> cases, Class<?> mainClass, boolean startsCluster, Side vanilla, Side ours) {

    /** The tree whose jars are on the class path. */
    enum Tree {
        TWIN,
        DISTRIBUTION
    }

    /** The run of one side. */
    record Side(Tree tree, List<String> arguments) {}

    /** Creates a workload that runs the same on the twin and on the distribution. */
    static Workload onBothTrees(List<String> cases, Class<?> mainClass, List<String> arguments) {
        return onBothTrees(cases, mainClass, arguments, arguments);
    }

    /** Creates a workload that the twin and the distribution run with different arguments. */
    static Workload onBothTrees(
            List<String> cases, Class<?> mainClass, List<String> vanilla, List<String> ours) {
        return new Workload(
                cases,
                mainClass,
                false,
                new Side(Tree.TWIN, vanilla),
                new Side(Tree.DISTRIBUTION, ours));
    }

    /**
     * Creates a workload like {@link #onBothTrees}, on clusters of the twin and of the
     * distribution.
     */
    static Workload onBothClusters(List<String> cases, Class<?> mainClass, List<String> arguments) {
        return onBothTrees(cases, mainClass, arguments).onClusters();
    }

    /** Returns the workload with a main class that starts a cluster. */
    Workload onClusters() {
        return new Workload(cases, mainClass, true, vanilla, ours);
    }

    /**
     * Creates a workload that compares two runs on the distribution. A yardstick takes the place of
     * vanilla.
     */
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

    /** Returns whether the name of a case matches the pattern. */
    boolean hasCase(Pattern names) {
        return cases.stream().anyMatch(name -> names.matcher(name).find());
    }

    /** Returns a description of the matching cases, to show progress. */
    String description(Pattern names) {
        List<String> wanted = cases.stream().filter(name -> names.matcher(name).find()).toList();
        return wanted.size() == 1
                ? wanted.get(0)
                : String.format("%s and %d more", wanted.get(0), wanted.size() - 1);
    }
}
