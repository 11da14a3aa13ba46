// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.features;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.serialization.SerializationFeature;
import com.pinterest.flink.serialization.strings.BulkStrings;
import java.lang.reflect.Field;
import java.time.Duration;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RpcOptions;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In the tasks of a job, serializers are as its {@code pinterest.features} says. */
class SerializationFeatureTest {

    @ParameterizedTest
    @CsvSource({"all,true", "none,false", "serialization,true", "rate-limited-source,false"})
    void serializersOfAJobFollowItsDecision(String features, boolean fast) throws Exception {
        Configuration configuration = new Configuration();
        configuration.setString("pinterest.features", features);

        String seen = run(configuration);

        assertThat(seen).isEqualTo("made " + fast + ", restored " + fast);
    }

    @Test
    void serializersOfAJobThatSaysNothingAreFast() throws Exception {
        assertThat(run(new Configuration())).isEqualTo("made true, restored true");
    }

    @Test
    void stringsAndSerializersOfNoJobFollowTheProcess() {
        ClassLoader ofNoJob = new ClassLoader(null) {};
        ClassLoader ofAJob = new ClassLoader(null) {};
        Configuration none = new Configuration();
        none.setString("pinterest.features", "none");
        Configuration all = new Configuration();
        all.setString("pinterest.features", "all");
        try {
            JobFeatures.follow(none, all, ofAJob);

            assertThat(SerializationFeature.isActive(ofAJob)).isTrue();
            assertThat(SerializationFeature.isActive(ofNoJob)).isFalse();
            assertThat(SerializationFeature.isActive(null)).isFalse();
            assertThat(BulkStrings.isEnabled()).isFalse();
        } finally {
            JobFeatures.follow(all, all, ofAJob);
        }
        assertThat(SerializationFeature.isActive(ofNoJob)).isTrue();
        assertThat(BulkStrings.isEnabled()).isTrue();
    }

    private static String run(Configuration features) throws Exception {
        Configuration configuration = new Configuration(features);
        // A loaded machine answers late.
        configuration.set(RpcOptions.ASK_TIMEOUT_DURATION, Duration.ofMinutes(10));
        try (StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration)) {
            return environment.fromData(1).map(new Probe()).executeAndCollect(1).get(0);
        }
    }

    /** Looks for codecs in serializers of the task's thread. */
    private static final class Probe extends RichMapFunction<Integer, String> {
        private static final long serialVersionUID = 1L;

        @Override
        public String map(Integer number) throws Exception {
            TypeSerializer<Bean> made =
                    TypeInformation.of(Bean.class).createSerializer(new SerializerConfigImpl());
            TypeSerializer<Bean> restored = made.snapshotConfiguration().restoreSerializer();
            return "made " + hasCodec(made) + ", restored " + hasCodec(restored);
        }

        private static boolean hasCodec(TypeSerializer<Bean> serializer) throws Exception {
            serializer.serialize(new Bean(), new DataOutputSerializer(16));
            Field codec = serializer.getClass().getDeclaredField("codec");
            codec.setAccessible(true);
            return codec.get(serializer) != null;
        }
    }

    /** A POJO. */
    public static final class Bean {
        private int number;

        public int getNumber() {
            return number;
        }

        public void setNumber(int number) {
            this.number = number;
        }
    }
}
