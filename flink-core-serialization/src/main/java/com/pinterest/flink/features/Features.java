// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.features;

import static com.pinterest.flink.features.FeatureOptions.ALL;
import static com.pinterest.flink.features.FeatureOptions.FEATURES;
import static com.pinterest.flink.features.FeatureOptions.NONE;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.ReadableConfig;

/** The set of active features of a process or of a job. Immutable. */
public final class Features {

    private final List<Feature> active;

    private Features(List<Feature> active) {
        this.active = List.copyOf(active);
    }

    /**
     * Returns the active features of a process.
     *
     * @param cluster the configuration that the process was started with
     * @throws IllegalConfigurationException if the value of {@code pinterest.features} is invalid
     */
    public static Features ofCluster(ReadableConfig cluster) {
        return new Features(select(cluster, Feature.all()).orElse(Feature.all()));
    }

    /**
     * Returns the active features of a job. The job's configuration decides on features with the
     * scope {@code JOB}, and the cluster's on all others, or on all if the job does not set the
     * option.
     *
     * @throws IllegalConfigurationException if the value of {@code pinterest.features} is invalid
     *     in either configuration
     */
    public static Features ofJob(ReadableConfig cluster, ReadableConfig job) {
        return ofJob(cluster, job, Feature.all());
    }

    static Features ofJob(ReadableConfig cluster, ReadableConfig job, List<Feature> known) {
        List<Feature> ofCluster = select(cluster, known).orElse(known);
        List<Feature> ofJob = select(job, known).orElse(ofCluster);
        return new Features(
                known.stream()
                        .filter(
                                feature ->
                                        (feature.scope() == Feature.Scope.JOB ? ofJob : ofCluster)
                                                .contains(feature))
                        .collect(Collectors.toList()));
    }

    public boolean isActive(Feature feature) {
        return active.contains(feature);
    }

    /** Returns the set as a value of {@code pinterest.features}: the names, or {@code none}. */
    public List<String> toOption() {
        return active.isEmpty()
                ? List.of(NONE)
                : active.stream().map(Feature::id).collect(Collectors.toList());
    }

    /** Returns the features that a configuration names, or empty if it does not set the option. */
    private static Optional<List<Feature>> select(ReadableConfig config, List<Feature> known) {
        return config.getOptional(FEATURES).map(value -> select(names(value), known));
    }

    /** Splits at commas too, because the command line uses them. */
    private static List<String> names(List<String> value) {
        return value.stream()
                .flatMap(element -> Arrays.stream(element.split(",", -1)))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toList());
    }

    private static List<Feature> select(List<String> names, List<Feature> known) {
        if (names.equals(List.of(ALL))) {
            return known;
        }
        if (names.equals(List.of(NONE))) {
            return List.of();
        }
        List<Feature> selected = new ArrayList<>();
        for (String name : names) {
            selected.add(
                    known.stream()
                            .filter(feature -> feature.id().equals(name))
                            .findFirst()
                            .orElseThrow(() -> refusal("'" + name + "' is unknown", known)));
        }
        if (selected.isEmpty()) {
            throw refusal("it is empty", known);
        }
        return selected;
    }

    private static IllegalConfigurationException refusal(String what, List<Feature> known) {
        return new IllegalConfigurationException(
                String.format(
                        "%s must be '%s', '%s', or a list of %s, but %s.",
                        FEATURES.key(), ALL, NONE, known, what));
    }

    @Override
    public String toString() {
        return String.join(", ", toOption());
    }
}
