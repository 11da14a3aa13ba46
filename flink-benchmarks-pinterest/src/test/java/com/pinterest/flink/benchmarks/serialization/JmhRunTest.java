// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.serialization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.benchmarks.Measurement;
import com.pinterest.flink.benchmarks.Measurement.Better;
import com.pinterest.flink.benchmarks.serialization.JmhRun.Length;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The suites run, and JMH's results become measurements of the right names. */
class JmhRunTest {

    @Test
    void casesHaveTheNamesOfTheReport() {
        assertThat(Suite.POJO.caseNames())
                .containsExactly("pojo15.copy", "pojo15.deserialize", "pojo15.serialize");
        assertThat(Suite.GENERATED.caseNames())
                .containsExactly(
                        "pojo15.copy.vs-hand",
                        "pojo15.deserialize.vs-hand",
                        "pojo15.serialize.vs-hand")
                .isEqualTo(Suite.HAND_WRITTEN.caseNames());
        assertThat(Suite.STREAM.caseNames())
                .containsExactly("pojo15.stream.read", "pojo15.stream.write");
        assertThat(Suite.STRINGS.caseNames())
                .hasSize(42)
                .contains("string.ascii0.read", "string.ascii16.write", "string.emoji4096.read");
        assertThat(Suite.KRYO.caseNames())
                .containsExactly(
                        "kryo.bean.deserialize",
                        "kryo.nested.deserialize",
                        "kryo.map.deserialize",
                        "kryo.list.deserialize");
        assertThat(Suite.ROWS.caseNames()).containsExactly("row.copy", "row.toBinary");
    }

    @ParameterizedTest
    @EnumSource
    void everyCaseIsMeasured(Suite suite) throws Exception {
        List<Measurement> measurements =
                JmhRun.run(suite, Length.GLANCE, Pattern.compile("ascii0|chinese16|^[^s]"));

        assertThat(measurements)
                .allSatisfy(
                        measurement -> {
                            assertThat(measurement.unit()).isEqualTo("ns/op");
                            assertThat(measurement.better()).isEqualTo(Better.LOWER);
                            assertThat(measurement.value()).isPositive();
                        });
        if (suite == Suite.STRINGS) {
            assertThat(measurements).hasSize(4);
        } else {
            assertThat(measurements.stream().map(Measurement::name))
                    .containsExactlyInAnyOrderElementsOf(suite.caseNames());
        }
    }

    @Test
    void onlyTheCasesOfThePatternAreMeasured() throws Exception {
        // Both parameters and both methods take part, but only in these two combinations.
        Pattern names = Pattern.compile("ascii4[.]read|emoji4[.]write");

        assertThat(JmhRun.run(Suite.STRINGS, Length.GLANCE, names).stream().map(Measurement::name))
                .containsExactlyInAnyOrder("string.ascii4.read", "string.emoji4.write");
    }

    @Test
    void patternWithoutACaseIsRefused() {
        assertThatThrownBy(() -> JmhRun.run(Suite.ROWS, Length.GLANCE, Pattern.compile("nonsense")))
                .hasMessageContaining("no case of ROWS matches nonsense");
    }
}
