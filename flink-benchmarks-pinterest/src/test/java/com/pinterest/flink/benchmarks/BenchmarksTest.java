// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.benchmarks.Benchmarks.Run;
import com.pinterest.flink.benchmarks.Workload.Tree;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Which workloads are run, on what, and in which order. */
class BenchmarksTest {

    private static final Pattern ALL = Pattern.compile("");

    @Test
    void sidesOfAPairFollowEachOtherAndTakeTurnsInBeingFirst() {
        Workload one = workload("one");
        Workload two = workload("two");

        assertThat(Benchmarks.runs(List.of(one, two), 3))
                .containsExactly(
                        new Run(1, one, true),
                        new Run(1, one, false),
                        new Run(1, two, true),
                        new Run(1, two, false),
                        new Run(2, one, false),
                        new Run(2, one, true),
                        new Run(2, two, false),
                        new Run(2, two, true),
                        new Run(3, one, true),
                        new Run(3, one, false),
                        new Run(3, two, true),
                        new Run(3, two, false));
    }

    private static Workload workload(String name) {
        return Workload.onBothTrees(List.of(name), BenchmarksTest.class, List.of());
    }

    @Test
    void sameThingRunsOnBothTrees() {
        for (Workload workload : Area.SERIALIZATION.workloads(true, Pattern.compile("^string"))) {
            assertThat(workload.vanilla().tree()).isEqualTo(Tree.TWIN);
            assertThat(workload.ours().tree()).isEqualTo(Tree.DISTRIBUTION);
            assertThat(workload.vanilla().arguments()).isEqualTo(workload.ours().arguments());
        }
    }

    @Test
    void yardstickRunsOnTheDistributionToo() {
        List<Workload> workloads =
                Area.SERIALIZATION.workloads(true, Pattern.compile("copy.vs-hand"));

        assertThat(workloads).hasSize(1);
        assertThat(workloads.get(0).vanilla().tree()).isEqualTo(Tree.DISTRIBUTION);
        assertThat(workloads.get(0).ours().tree()).isEqualTo(Tree.DISTRIBUTION);
        assertThat(workloads.get(0).vanilla().arguments()).startsWith("HAND_WRITTEN");
        assertThat(workloads.get(0).ours().arguments()).startsWith("GENERATED");
    }

    @Test
    void workloadsWithoutACaseOfThePatternAreLeftOut() {
        assertThat(Area.SOURCE.workloads(true, ALL)).hasSize(3);
        assertThat(Area.SOURCE.workloads(true, Pattern.compile("rate20000[.]cpu"))).hasSize(1);
    }

    @Test
    void patternWithoutACaseNamesThoseThatExist() {
        assertThatThrownBy(() -> Area.SERIALIZATION.workloads(true, Pattern.compile("nonsense")))
                .hasMessageContaining("no case matches nonsense")
                .hasMessageContaining("pojo15.serialize, ")
                .hasMessageContaining("row.toBinary");
    }
}
