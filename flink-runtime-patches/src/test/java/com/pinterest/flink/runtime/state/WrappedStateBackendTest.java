// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.runtime.query.KvStateRegistry;
import org.apache.flink.runtime.state.CheckpointableKeyedStateBackend;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyedStateBackendParametersImpl;
import org.apache.flink.runtime.state.ttl.TtlTimeProvider;
import org.apache.flink.runtime.state.v2.adaptor.AsyncKeyedStateBackendAdaptor;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keyed state of an operator with asynchronous state, in a backend that is synchronous. */
class WrappedStateBackendTest {

    @TempDir private Path directory;

    @Test
    void databaseEndsWithItsOperator() throws Exception {
        try (MockEnvironment environment = new MockEnvironmentBuilder().build()) {
            // given
            AsyncKeyedStateBackendAdaptor<Long> backend =
                    new AsyncKeyedStateBackendAdaptor<>(database(environment));
            assertThat(files()).anyMatch(file -> file.endsWith(".log"));

            // when
            backend.close();
            backend.dispose();

            // then: neither the files nor the memory of the database outlive it
            assertThat(files()).isEmpty();
        }
    }

    private CheckpointableKeyedStateBackend<Long> database(MockEnvironment environment)
            throws IOException {
        EmbeddedRocksDBStateBackend rocksDB = new EmbeddedRocksDBStateBackend();
        rocksDB.setDbStoragePath(directory.toString());
        return rocksDB.createKeyedStateBackend(
                new KeyedStateBackendParametersImpl<>(
                        environment,
                        new JobID(),
                        "operator",
                        LongSerializer.INSTANCE,
                        4,
                        KeyGroupRange.of(0, 3),
                        new KvStateRegistry().createTaskRegistry(new JobID(), new JobVertexID()),
                        TtlTimeProvider.DEFAULT,
                        new UnregisteredMetricsGroup(),
                        List.of(),
                        new CloseableRegistry()));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.filter(Files::isRegularFile)
                    .map(Path::toString)
                    .collect(Collectors.toList());
        }
    }
}
