// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.features;

import com.pinterest.flink.features.Feature;
import com.pinterest.flink.features.FeatureOptions;
import com.pinterest.flink.features.Features;
import com.pinterest.flink.runtime.serializers.JobSerializers;
import com.pinterest.flink.serialization.SerializationFeature;
import com.pinterest.flink.serialization.strings.BulkStrings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.graph.ExecutionPlan;
import org.slf4j.Logger;

/**
 * The features of a job. Its JobManager decides on them once and shows them in its log, its metrics
 * and the web UI.
 */
public final class JobFeatures {

    private static final String KEY = FeatureOptions.FEATURES.key();

    private JobFeatures() {}

    /**
     * Decides which features are active for a starting job. The decision replaces {@code
     * pinterest.features} in the job's configuration, which is sent to all TaskManagers.
     *
     * <p>Called by the patched {@code DefaultSlotPoolServiceSchedulerFactory}, once for each
     * JobMaster.
     *
     * @param cluster the configuration of the JobManager
     * @param metrics the metric group of the job; receives {@code pinterest.features}, the names,
     *     and for each feature {@code pinterest.feature.<name>.active}, 1 or 0
     * @throws org.apache.flink.configuration.IllegalConfigurationException if the value of {@code
     *     pinterest.features} is invalid
     */
    public static void decide(
            Logger log, ExecutionPlan plan, Configuration cluster, MetricGroup metrics) {
        Configuration job = plan.getJobConfiguration();
        List<String> clusters = cluster.get(FeatureOptions.FEATURES);
        // A client adds its config.yaml to the configuration of each job; mostly, it is that of the
        // cluster.
        List<String> said = job.getOptional(FeatureOptions.FEATURES).orElse(clusters);
        Features features = Features.ofJob(cluster, job);
        log.info(
                "Features of this distribution for job '{}' ({}): {}. Configured by the {}: {}.",
                plan.getName(),
                plan.getJobID(),
                features,
                said.equals(clusters) ? "cluster" : "job",
                said);
        job.set(FeatureOptions.FEATURES, features.toOption());
        if (features.isActive(Feature.SERIALIZATION)) {
            JobSerializers.log(log, plan);
        }

        MetricGroup group = metrics.addGroup("pinterest");
        group.gauge("features", features::toString);
        for (Feature feature : Feature.all()) {
            int active = features.isActive(feature) ? 1 : 0;
            group.addGroup("feature", feature.id()).gauge("active", () -> active);
        }
    }

    /**
     * Applies the decision to the code of a job that is about to run in this process.
     *
     * <p>Called by the patched {@code Task}, before anything of the job is deserialized.
     *
     * @param process the configuration of the TaskManager. It applies to serializers that belong to
     *     no job, and to all serializers if there is no decision, because the JobManager is an
     *     official one.
     * @param userCode the class loader of the job's code
     * @throws org.apache.flink.configuration.IllegalConfigurationException if the value of {@code
     *     pinterest.features} is invalid in either configuration
     */
    public static void follow(ReadableConfig process, ReadableConfig job, ClassLoader userCode) {
        Features ofProcess = Features.ofCluster(process);
        BulkStrings.setEnabled(ofProcess.isActive(Feature.BULK_STRINGS));
        SerializationFeature.decide(ofProcess.isActive(Feature.SERIALIZATION));
        SerializationFeature.decide(
                userCode, Features.ofJob(process, job).isActive(Feature.SERIALIZATION));
    }

    /**
     * Adds the decision to the configuration page of the job in the web UI; does nothing if there
     * is no decision for the job.
     *
     * <p>Called by the patched {@code DefaultExecutionGraph} with a copy of the job's
     * ExecutionConfig that is only displayed.
     */
    public static ExecutionConfig show(ExecutionConfig shown, ReadableConfig job) {
        job.getOptional(FeatureOptions.FEATURES)
                .ifPresent(
                        decided -> {
                            Map<String, String> parameters =
                                    new HashMap<>(shown.getGlobalJobParameters().toMap());
                            parameters.put(KEY, String.join(", ", decided));
                            shown.setGlobalJobParameters(Configuration.fromMap(parameters));
                        });
        return shown;
    }

    /**
     * Returns the cluster's configuration for the web UI, with the active features as {@code
     * pinterest.features.active}.
     *
     * <p>Called by the patched {@code ClusterConfigHandler} when a JobManager starts, so that an
     * invalid value stops it.
     *
     * @throws org.apache.flink.configuration.IllegalConfigurationException if the value of {@code
     *     pinterest.features} is invalid
     */
    public static Configuration show(Configuration cluster) {
        Configuration shown = new Configuration(cluster);
        shown.setString(KEY + ".active", Features.ofCluster(cluster).toString());
        return shown;
    }
}
