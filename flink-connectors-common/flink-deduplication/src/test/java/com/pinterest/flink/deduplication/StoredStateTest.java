// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.deduplication;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.deduplication.OperatorCluster.Fate;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.streaming.util.OperatorSnapshotUtil;
import org.junit.jupiter.api.Test;

/** The state that version 1 has written is read by all later versions. */
final class StoredStateTest {

    private static final Duration WINDOW = Duration.ofHours(24);
    private static final long SLICE = Duration.ofHours(1).toMillis();
    private static final int KEYS = 100;

    @Test
    void keysOfVersion1AreKnown() throws Exception {
        OperatorSubtaskState state =
                OperatorSnapshotUtil.readStateHandle(
                        Path.of(getClass().getResource("/state/deduplication-v1").toURI())
                                .toString());
        try (OperatorCluster cluster = new OperatorCluster(new HashMapStateBackend())) {
            cluster.start(deduplication(), 2, new OperatorCluster.Checkpoint(state, 1));
            for (int i = 0; i < KEYS; i++) {
                assertThat(cluster.process("key " + i, i * SLICE)).isEqualTo(Fate.DUPLICATE);
                assertThat(cluster.process("key " + i, (i + 25) * SLICE)).isEqualTo(Fate.EMITTED);
                assertThat(cluster.process("other key " + i, i * SLICE)).isEqualTo(Fate.EMITTED);
            }
        }
    }

    private static Deduplication<String, String> deduplication() {
        return OperatorCluster.deduplication().within(WINDOW).withPages(16);
    }

    /** Writes the state of this version. */
    public static void main(String[] arguments) throws Exception {
        try (OperatorCluster cluster = OperatorCluster.onHeap(deduplication())) {
            for (int i = 0; i < KEYS; i++) {
                cluster.process("key " + i, i * SLICE);
                if (i == KEYS / 2) {
                    cluster.checkpoint(1);
                }
            }
            OperatorSnapshotUtil.writeStateHandle(cluster.checkpoint(2).state(), arguments[0]);
        }
    }
}
