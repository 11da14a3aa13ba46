// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.serializers;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.runtime.features.JobFeatures;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.typeinfo.TypeHint;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;

/** What a job's graph knows of types that go through Kryo comes into the report. */
class JobSerializersTest {

    private static final OutputTag<Optional<Long>> SIDE =
            new OutputTag<>("side", TypeInformation.of(new TypeHint<>() {}));

    private final StreamExecutionEnvironment environment =
            StreamExecutionEnvironment.createLocalEnvironment(1);
    private final List<String> logged = new ArrayList<>();

    @Test
    void exchangedTypesKeysAndSideOutputsAreFound() {
        String report = JobSerializers.report(job()).toJson();

        assertThat(JobSerializers.report(job()).fallbacks())
                .extracting(Object::toString)
                .containsExactlyInAnyOrder(
                        "UUID: java.util.UUID",
                        "Duration: java.time.Duration",
                        "Optional: java.util.Optional");
        assertThat(report).contains("job 'types'", "\"to-uuid\"", "\"waits\"");
    }

    @Test
    void jobWithFallbacksHasOneLine() {
        JobSerializers.log(log(), job());

        assertThat(logged).hasSize(1);
        assertThat(logged.get(0)).startsWith("info ").contains("3 types of job 'types' go through");
    }

    @ParameterizedTest
    @CsvSource({"all,1", "none,0"})
    void lineIsAPartOfTheFeature(String features, int lines) {
        Configuration cluster = new Configuration();
        cluster.setString("pinterest.features", features);

        StreamGraph job = job();
        job.setJobId(new JobID());

        JobFeatures.decide(log(), job, cluster, new UnregisteredMetricsGroup());

        assertThat(logged).filteredOn(line -> line.contains("go through Kryo")).hasSize(lines);
    }

    @Test
    void jobWithoutFallbacksHasNone() {
        environment.fromSequence(1, 2).sinkTo(new DiscardingSink<>());

        JobSerializers.log(log(), environment.getStreamGraph());
        JobSerializers.log(log(), new JobGraph("no types"));

        assertThat(logged).isEmpty();
    }

    @Test
    void jobDoesNotFailOfItsReport() {
        JobSerializers.log(
                log(),
                new StreamGraph(
                        new Configuration(),
                        environment.getConfig(),
                        environment.getCheckpointConfig(),
                        SavepointRestoreSettings.none()) {
                    private static final long serialVersionUID = 1;

                    @Override
                    public Collection<StreamNode> getStreamNodes() {
                        throw new NoClassDefFoundError("com/example/Lost");
                    }
                });

        assertThat(logged).hasSize(1);
        assertThat(logged.get(0)).startsWith("debug ").contains("com/example/Lost");
    }

    private StreamGraph job() {
        SingleOutputStreamOperator<UUID> ids =
                environment
                        .fromSequence(1, 2)
                        .map(number -> new UUID(number, number))
                        .returns(Types.GENERIC(UUID.class))
                        .name("to-uuid")
                        .process(new ToSide());
        ids.getSideOutput(SIDE).sinkTo(new DiscardingSink<>());
        environment
                .fromSequence(1, 2)
                .keyBy(Duration::ofDays, Types.GENERIC(Duration.class))
                .reduce(Long::sum)
                .name("waits")
                .sinkTo(new DiscardingSink<>());
        StreamGraph job = environment.getStreamGraph();
        job.setJobName("types");
        return job;
    }

    /** Notes what is logged: level, text and arguments. */
    private Logger log() {
        return (Logger)
                Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {Logger.class},
                        (proxy, method, arguments) -> {
                            logged.add(method.getName() + " " + Arrays.deepToString(arguments));
                            return null;
                        });
    }

    private static final class ToSide extends ProcessFunction<UUID, UUID> {
        private static final long serialVersionUID = 1;

        @Override
        public void processElement(UUID id, Context context, Collector<UUID> out) {
            context.output(SIDE, Optional.empty());
        }
    }
}
