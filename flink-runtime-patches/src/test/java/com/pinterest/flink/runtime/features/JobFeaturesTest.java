// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.features.Feature;
import com.pinterest.flink.features.FeatureOptions;
import com.pinterest.flink.features.Features;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A job's features are decided once, go into its configuration, and are shown. */
class JobFeaturesTest {

    private static final String ALL =
            "rate-limited-source, serialization, bulk-strings, mini-batch, placement";
    private static final Logger LOG = LoggerFactory.getLogger(JobFeaturesTest.class);

    private JobGraph job = new JobGraph("features");
    private final Map<String, Object> gauges = new HashMap<>();

    @Test
    void theDecisionGoesToTheTaskManagersInTheJobsConfiguration() {
        decide(cluster("none"));

        assertThat(job.getJobConfiguration().get(FeatureOptions.FEATURES)).containsExactly("none");
        // Whatever a TaskManager was configured with.
        Features there = Features.ofJob(cluster("none"), job.getJobConfiguration());
        assertThat(there).hasToString("none");
    }

    @Test
    void decidingAgainChangesNothing() {
        decide(cluster("all"));
        Configuration decided = new Configuration(job.getJobConfiguration());

        decide(cluster("all"));

        assertThat(job.getJobConfiguration()).isEqualTo(decided);
    }

    @Test
    void eachFeatureHasAMetric() {
        decide(cluster("none"));
        String metric = "pinterest.feature." + Feature.RATE_LIMITED_SOURCE.id() + ".active";
        assertThat(gauges).containsEntry("pinterest.features", "none").containsEntry(metric, 0);

        job = new JobGraph("another");
        decide(cluster("all"));
        assertThat(gauges).containsEntry("pinterest.features", ALL).containsEntry(metric, 1);
    }

    @Test
    void aValueThatMakesNoSenseFailsTheJob() {
        job.getJobConfiguration().set(FeatureOptions.FEATURES, List.of("some"));

        assertThatThrownBy(() -> decide(cluster("all")))
                .isInstanceOf(IllegalConfigurationException.class)
                .hasMessageContaining("pinterest.features");
    }

    @Test
    void theDecisionIsShownAmongTheJobsOwnParameters() {
        ExecutionConfig config = new ExecutionConfig();
        config.setGlobalJobParameters(Configuration.fromMap(Map.of("input", "s3://flights")));
        decide(cluster("none"));

        ExecutionConfig shown = JobFeatures.show(config, job.getJobConfiguration());

        assertThat(shown.archive().getGlobalJobParameters())
                .containsOnly(
                        Map.entry("input", "s3://flights"),
                        Map.entry("pinterest.features", "none"));
    }

    @Test
    void aJobWithoutADecisionIsShownAsItIs() {
        ExecutionConfig shown = JobFeatures.show(new ExecutionConfig(), new Configuration());

        assertThat(shown).isEqualTo(new ExecutionConfig());
    }

    @Test
    void theClustersFeaturesAreShownBesideWhatIsConfigured() {
        Configuration cluster = new Configuration();
        assertThat(JobFeatures.show(cluster).toMap())
                .containsOnly(Map.entry("pinterest.features.active", ALL));
        assertThat(cluster.toMap()).isEmpty();
        assertThat(JobFeatures.show(cluster("none")).toMap())
                .containsEntry("pinterest.features.active", "none");
    }

    private void decide(Configuration cluster) {
        JobFeatures.decide(LOG, job, cluster, new Recording(""));
    }

    private static Configuration cluster(String features) {
        Configuration cluster = new Configuration();
        cluster.setString("pinterest.features", features);
        return cluster;
    }

    /** Notes what the gauges below it say, by their full name. */
    private final class Recording extends UnregisteredMetricsGroup {
        private final String prefix;

        Recording(String prefix) {
            this.prefix = prefix;
        }

        @Override
        public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
            gauges.put(prefix + name, gauge.getValue());
            return gauge;
        }

        @Override
        public MetricGroup addGroup(String name) {
            return new Recording(prefix + name + ".");
        }

        @Override
        public MetricGroup addGroup(String key, String value) {
            return addGroup(key).addGroup(value);
        }
    }
}
