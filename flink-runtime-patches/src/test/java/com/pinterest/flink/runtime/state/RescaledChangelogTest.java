// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.RunnableFuture;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.changelog.fs.FsStateChangelogStorageFactory;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateChangelogOptions;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.metrics.groups.UnregisteredMetricGroups;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.runtime.query.KvStateRegistry;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateBackendParametersImpl;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.StateBackendLoader;
import org.apache.flink.runtime.state.TestLocalRecoveryConfig;
import org.apache.flink.runtime.state.TestTaskStateManager;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.runtime.state.memory.MemCheckpointStreamFactory;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Keyed state in the changelog state backend of a job whose parallelism changes. */
class RescaledChangelogTest {

    private static final int KEYS = 144;
    private static final int KEY_GROUPS = 128;
    private static final KeyGroupRange ALL = KeyGroupRange.of(0, KEY_GROUPS - 1);
    private static final List<KeyGroupRange> HALVES =
            List.of(KeyGroupRange.of(0, 63), KeyGroupRange.of(64, KEY_GROUPS - 1));

    @TempDir private Path directory;
    private MockEnvironment environment;
    private StateBackend changelog;

    @BeforeEach
    void loadBackend() throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(StateChangelogOptions.ENABLE_STATE_CHANGE_LOG, true);
        configuration.set(StateChangelogOptions.PERIODIC_MATERIALIZATION_ENABLED, false);
        FsStateChangelogStorageFactory.configure(
                configuration, directory.toFile(), Duration.ofMinutes(1), 3);
        environment =
                new MockEnvironmentBuilder()
                        .setTaskStateManager(
                                TestTaskStateManager.builder()
                                        .setStateChangelogStorage(
                                                new FsStateChangelogStorageFactory()
                                                        .createStorage(
                                                                new JobID(),
                                                                configuration,
                                                                UnregisteredMetricGroups
                                                                        .createUnregisteredTaskManagerJobMetricGroup(),
                                                                TestLocalRecoveryConfig.disabled()))
                                        .build())
                        .build();
        environment.setCheckpointStorageAccess(
                new JobManagerCheckpointStorage().createCheckpointStorage(new JobID()));
        changelog =
                StateBackendLoader.fromApplicationOrConfigOrDefault(
                        new HashMapStateBackend(),
                        configuration,
                        new Configuration(),
                        getClass().getClassLoader(),
                        LoggerFactory.getLogger(getClass()));
    }

    @AfterEach
    void closeEnvironment() throws Exception {
        environment.close();
    }

    @Test
    void stateIsTheLatestAfterScalingOutAndIn() throws Exception {
        // given: state of one subtask, to which each of two subtasks adds
        List<KeyedStateHandle> one = List.of(restoreAndAdd(ALL, List.of(), "one"));
        List<KeyedStateHandle> two = new ArrayList<>();
        for (KeyGroupRange half : HALVES) {
            two.add(restoreAndAdd(half, intersections(one, half), "two"));
        }

        // when: one subtask takes over
        Map<Integer, List<String>> state = read(ALL, two);

        // then
        assertThat(state).hasSize(KEYS);
        assertThat(state.values()).allMatch(List.of("one", "two")::equals);
    }

    private KeyedStateHandle restoreAndAdd(
            KeyGroupRange range, List<KeyedStateHandle> handles, String value) throws Exception {
        CheckpointableKeyedStateBackend<Integer> backend = backend(range, handles);
        try {
            for (int key : keys(range)) {
                state(backend, key).add(value);
            }
            RunnableFuture<SnapshotResult<KeyedStateHandle>> snapshot =
                    backend.snapshot(
                            1,
                            1,
                            new MemCheckpointStreamFactory(1 << 20),
                            CheckpointOptions.forCheckpointWithDefaultLocation());
            snapshot.run();
            return snapshot.get().getJobManagerOwnedSnapshot();
        } finally {
            backend.dispose();
        }
    }

    private Map<Integer, List<String>> read(KeyGroupRange range, List<KeyedStateHandle> handles)
            throws Exception {
        CheckpointableKeyedStateBackend<Integer> backend = backend(range, handles);
        try {
            Map<Integer, List<String>> values = new TreeMap<>();
            for (int key : keys(range)) {
                List<String> list = new ArrayList<>();
                state(backend, key).get().forEach(list::add);
                values.put(key, list);
            }
            return values;
        } finally {
            backend.dispose();
        }
    }

    private CheckpointableKeyedStateBackend<Integer> backend(
            KeyGroupRange range, List<KeyedStateHandle> handles) throws Exception {
        return changelog.createKeyedStateBackend(
                new KeyedStateBackendParametersImpl<>(
                        environment,
                        new JobID(),
                        "operator",
                        IntSerializer.INSTANCE,
                        KEY_GROUPS,
                        range,
                        new KvStateRegistry().createTaskRegistry(new JobID(), new JobVertexID()),
                        TtlTimeProvider.DEFAULT,
                        new UnregisteredMetricsGroup(),
                        handles,
                        new CloseableRegistry()));
    }

    private static ListState<String> state(
            CheckpointableKeyedStateBackend<Integer> backend, int key) throws Exception {
        backend.setCurrentKey(key);
        return backend.getPartitionedState(
                VoidNamespace.INSTANCE,
                VoidNamespaceSerializer.INSTANCE,
                new ListStateDescriptor<>("values", StringSerializer.INSTANCE));
    }

    private static List<KeyedStateHandle> intersections(
            List<KeyedStateHandle> handles, KeyGroupRange range) {
        List<KeyedStateHandle> intersections = new ArrayList<>();
        for (KeyedStateHandle handle : handles) {
            intersections.add(handle.getIntersection(range));
        }
        return intersections;
    }

    private static List<Integer> keys(KeyGroupRange range) {
        List<Integer> keys = new ArrayList<>();
        for (int key = 0; key < KEYS; key++) {
            if (range.contains(KeyGroupRangeAssignment.assignToKeyGroup(key, KEY_GROUPS))) {
                keys.add(key);
            }
        }
        return keys;
    }
}
