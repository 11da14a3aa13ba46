// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.table.runtime.minibatch.FuzzCases;
import com.pinterest.flink.table.runtime.minibatch.Rows;
import com.pinterest.flink.table.runtime.minibatch.bundle.ScriptHarness.Kind;
import java.util.List;
import java.util.Random;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/**
 * Random accesses to state see the same in our operator and in upstream's, on RocksDB and on the
 * heap, and leave the same behind, also when the one goes on with what the other left.
 *
 * <p>More of them: {@link FuzzCases}.
 */
class BundleStateFuzzTest {

    private static final int BUNDLES = 3;

    @Test
    void seesAndLeavesWhatUpstreamDoes() throws Exception {
        FuzzCases.run(12, this::runCase);
    }

    private void runCase(long seed) throws Exception {
        String name = "fuzz.seed=" + seed + " fuzz.cases=1";

        List<String> expected = run(seed, Kind.UPSTREAMS_ON_ROCKSDB, Kind.UPSTREAMS_ON_ROCKSDB);

        assertThat(run(seed, Kind.OURS_ON_ROCKSDB, Kind.UPSTREAMS_ON_ROCKSDB))
                .as("ours, then upstream's, %s", name)
                .isEqualTo(expected);
        assertThat(run(seed, Kind.UPSTREAMS_ON_ROCKSDB, Kind.OURS_ON_ROCKSDB))
                .as("upstream's, then ours, %s", name)
                .isEqualTo(expected);
        assertThat(run(seed, Kind.OURS_ON_HEAP, Kind.UPSTREAMS_ON_HEAP))
                .as("on the heap, %s", name)
                .isEqualTo(run(seed, Kind.UPSTREAMS_ON_HEAP, Kind.UPSTREAMS_ON_HEAP));
    }

    @Test
    void aMapThatIsLargerThanWhatIsKeptIsSeenWhole() throws Exception {
        ScriptFunction function = new ScriptFunction(false);
        try (ScriptHarness harness = ScriptHarness.open(Kind.OURS_ON_ROCKSDB, function, null)) {
            harness.process(1, ScriptFunction.FILL);
            harness.finishBundle();

            assertThat(harness.seen())
                    .singleElement()
                    .asString()
                    .contains("keys=0 keys=" + ScriptFunction.MANY);
        }
    }

    /** What was seen in all, in order, and at last all state. */
    private static List<String> run(long seed, Kind first, Kind then) throws Exception {
        Random random = Rows.random(seed);
        // Of the last, reads fill several windows.
        int keys = new int[] {1, 5, 40, 2500}[Math.min(3, random.nextInt(20) / 6)];
        ScriptFunction function = new ScriptFunction(random.nextBoolean());
        List<String> seen;
        OperatorSubtaskState state;
        try (ScriptHarness harness = ScriptHarness.open(first, function, null)) {
            bundles(harness, random, keys);
            state = harness.snapshot();
            seen = harness.seen();
        }
        try (ScriptHarness harness = ScriptHarness.open(then, function, state)) {
            bundles(harness, random, keys);
            for (int key = 0; key < keys; key++) {
                harness.process(key, ScriptFunction.DUMP);
            }
            harness.finishBundle();
            seen.addAll(harness.seen());
        }
        return seen;
    }

    private static void bundles(ScriptHarness harness, Random random, int keys) throws Exception {
        for (int bundle = 0; bundle < BUNDLES; bundle++) {
            for (int key = 0; key < keys; key++) {
                for (int row = bundle == 0 ? 0 : random.nextInt(3) - 1; row >= 0; row--) {
                    harness.process(key, random.nextInt(Integer.MAX_VALUE));
                }
            }
            harness.finishBundle();
        }
    }
}
