// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.pinterest.flink.benchmarks.Area.GeometricMean;
import com.pinterest.flink.benchmarks.Measurement.Better;
import java.util.List;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

/** Ratios, their intervals, and the form of the report. */
class ComparisonTest {

    @Test
    void ratioIsTheGeometricMeanOfThePairs() {
        PairedRatio ratio =
                PairedRatio.of(List.of(1.0, 1.0, 2.0), List.of(2.0, 8.0, 8.0), Better.HIGHER);

        assertThat(ratio.ratio()).isCloseTo(4, within(1e-9));
        assertThat(ratio.vanilla()).isEqualTo(1);
        assertThat(ratio.ours()).isEqualTo(8);
        assertThat(ratio.runs()).isEqualTo(3);
        // Student's t for two degrees of freedom is 4.303; the logarithms spread by ln 2.
        double half = 4.302653 * Math.log(2) / Math.sqrt(3);
        assertThat(Math.log(ratio.hi())).isCloseTo(Math.log(4) + half, within(1e-5));
        assertThat(Math.log(ratio.lo())).isCloseTo(Math.log(4) - half, within(1e-5));
    }

    @Test
    void lowerIsBetterTurnsTheRatioOver() {
        PairedRatio ratio = PairedRatio.of(List.of(8.0, 8.0), List.of(2.0, 2.0), Better.LOWER);

        assertThat(ratio.ratio()).isCloseTo(4, within(1e-9));
        assertThat(ratio.lo()).isCloseTo(ratio.hi(), within(1e-9));
    }

    @Test
    void onePairIsNoComparison() {
        assertThatThrownBy(() -> PairedRatio.of(List.of(1.0), List.of(2.0), Better.LOWER))
                .hasMessageContaining("two pairs");
    }

    @Test
    void measurementSurvivesItsLine() {
        Measurement measurement = new Measurement("a.b", "records/s", Better.HIGHER, 1.25e7);

        assertThat(Measurement.parse(measurement.toString())).isEqualTo(measurement);
        assertThat(Measurement.isOne(measurement.toString())).isTrue();
        assertThat(Measurement.isOne("some log line")).isFalse();
    }

    @Test
    void reportHasARowForEachCaseWithItsRawFigures() throws Exception {
        Comparison comparison = new Comparison("area");
        for (double value : new double[] {4, 4}) {
            comparison.add(new Measurement("x.cpu", "cores", Better.LOWER, value), true);
            comparison.add(new Measurement("x.cpu", "cores", Better.LOWER, value / 2), false);
        }

        JsonNode report = new ObjectMapper().readTree(comparison.json());

        assertThat(report.get("area").asText()).isEqualTo("area");
        assertThat(report.get("machine").asText()).contains("Java 17");
        JsonNode row = report.get("rows").get(0);
        assertThat(row.get("case").asText()).isEqualTo("x.cpu");
        assertThat(row.get("ratio").asDouble()).isEqualTo(2);
        assertThat(row.get("runs").asInt()).isEqualTo(2);
        assertThat(row.get("raw").get("ours").toString()).isEqualTo("[2.0,2.0]");
        assertThat(comparison.table()).contains("x.cpu", "2.000");
    }

    @Test
    void figureBelowZeroMakesNoRatio() throws Exception {
        Comparison comparison = new Comparison("area");
        for (double value : new double[] {4, 5}) {
            comparison.add(new Measurement("x", "ns", Better.LOWER, value), true);
            comparison.add(new Measurement("x", "ns", Better.LOWER, 4.5 - value), false);
        }

        JsonNode row = new ObjectMapper().readTree(comparison.json()).get("rows").get(0);

        assertThat(row.get("ratio").isNull()).isTrue();
        assertThat(row.get("raw").get("ours").toString()).isEqualTo("[0.5,-0.5]");
        assertThat(comparison.table()).containsPattern("x +ns .* NaN");
    }

    @Test
    void geometricMeanIsThatOfEachPair() {
        Comparison comparison = new Comparison("area");
        for (int pair = 0; pair < 2; pair++) {
            for (String name : List.of("x", "y")) {
                double value = name.equals("x") ? 2 : 8;
                comparison.add(new Measurement(name, "ns", Better.LOWER, value), true);
                comparison.add(new Measurement(name, "ns", Better.LOWER, value / 4), false);
            }
        }

        comparison.add(new GeometricMean("mean", List.of("x", "y")));
        comparison.add(new GeometricMean("missing", List.of("x", "z")));

        assertThat(comparison.table())
                .containsPattern("mean +ns +4\\.000 +1\\.000 +4\\.000 .* 2\n")
                .doesNotContain("missing");
    }

    @Test
    void unknownAreaNamesThoseThatExist() {
        assertThatThrownBy(() -> Area.of("nonsense"))
                .hasMessageContaining("nonsense")
                .hasMessageContaining("source");
    }
}
