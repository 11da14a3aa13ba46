// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.annotation.Nullable;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumStateSerializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.io.SimpleVersionedSerialization;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.DefaultOperatorStateBackendBuilder;
import org.apache.flink.runtime.state.OperatorStateBackend;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * The positions of a Kafka source in a savepoint or a checkpoint, whether {@code KafkaSource} wrote
 * it or {@link TieredKafkaSource}.
 *
 * <p>Immutable.
 */
@Internal
public final class SavepointPositions {

    private static final String METADATA = "_metadata";

    /** Where Flink's source operator has its splits. */
    private static final ListStateDescriptor<byte[]> SPLITS =
            new ListStateDescriptor<>("SourceReaderState", BytePrimitiveArraySerializer.INSTANCE);

    private final String operatorId;
    @Nullable private final String name;
    @Nullable private final String uid;
    private final List<Position> positions;

    private SavepointPositions(OperatorState operator, List<Position> positions) {
        this.operatorId = operator.getOperatorID().toHexString();
        this.name = operator.getOperatorName().orElse(null);
        this.uid = operator.getOperatorUid().orElse(null);
        this.positions = List.copyOf(positions);
    }

    /**
     * Reads the positions of all Kafka sources in a savepoint.
     *
     * @param savepoint the directory, or the file {@code _metadata} in it
     * @throws IOException if it is no savepoint or cannot be read
     */
    public static List<SavepointPositions> read(String savepoint) throws IOException {
        Path path = new Path(savepoint);
        FileStatus status = path.getFileSystem().getFileStatus(path);
        Path file = status.isDir() ? new Path(path, METADATA) : path;
        ClassLoader loader = SavepointPositions.class.getClassLoader();
        CheckpointMetadata metadata;
        try (DataInputStream in = new DataInputStream(file.getFileSystem().open(file))) {
            metadata = Checkpoints.loadCheckpointMetadata(in, loader, savepoint);
        }
        List<SavepointPositions> sources = new ArrayList<>();
        for (OperatorState operator : metadata.getOperatorStates()) {
            List<OperatorStateHandle> handles = new ArrayList<>();
            for (OperatorSubtaskState subtask : operator.getStates()) {
                for (OperatorStateHandle handle : subtask.getManagedOperatorState()) {
                    if (handle.getStateNameToPartitionOffsets().containsKey(SPLITS.getName())) {
                        handles.add(handle);
                    }
                }
            }
            if (!handles.isEmpty()) {
                positions(operator, handles, loader)
                        .map(positions -> new SavepointPositions(operator, positions))
                        .ifPresent(sources::add);
            }
        }
        return sources;
    }

    /** Returns empty if the splits are not those of a Kafka source. */
    private static Optional<List<Position>> positions(
            OperatorState operator, List<OperatorStateHandle> handles, ClassLoader loader)
            throws IOException {
        List<Position> positions = new ArrayList<>();
        TieredSplitSerializer serializer = new TieredSplitSerializer();
        for (byte[] bytes : splits(handles, loader)) {
            KafkaPartitionSplit split;
            try {
                split = SimpleVersionedSerialization.readVersionAndDeSerialize(serializer, bytes);
            } catch (IOException | RuntimeException noKafkaSplit) {
                return Optional.empty();
            }
            if (!Arrays.equals(
                    bytes,
                    SimpleVersionedSerialization.writeVersionAndSerialize(serializer, split))) {
                return Optional.empty();
            }
            positions.add(new Position(split));
        }
        positions.addAll(unassigned(operator));
        return positions.isEmpty() ? Optional.empty() : Optional.of(positions);
    }

    private static List<byte[]> splits(List<OperatorStateHandle> handles, ClassLoader loader)
            throws IOException {
        List<byte[]> splits = new ArrayList<>();
        try (CloseableRegistry registry = new CloseableRegistry()) {
            OperatorStateBackend backend =
                    new DefaultOperatorStateBackendBuilder(
                                    loader, new ExecutionConfig(), false, handles, registry)
                            .build();
            try {
                backend.getListState(SPLITS).get().forEach(splits::add);
            } finally {
                backend.dispose();
            }
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("Cannot read the splits of a source", e);
        }
        return splits;
    }

    /** Partitions that the enumerator has found, and no reader has got yet. */
    private static List<Position> unassigned(OperatorState operator) throws IOException {
        if (operator.getCoordinatorState() == null) {
            return List.of();
        }
        byte[] state = operator.getCoordinatorState().getData();
        // As Flink's source coordinator writes it.
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(state))) {
            in.readInt();
            int version = in.readInt();
            byte[] bytes = new byte[in.readInt()];
            in.readFully(bytes);
            return new KafkaSourceEnumStateSerializer()
                    .deserialize(version, bytes).unassignedSplits().stream()
                            .map(Position::new)
                            .collect(Collectors.toList());
        }
    }

    /** Returns the id of the operator, 32 hexadecimal digits. */
    public String operatorId() {
        return operatorId;
    }

    /** Returns the uid of the operator, or else its name, or else its id. */
    public String label() {
        return uid != null ? uid : name != null ? name : operatorId;
    }

    /** Whether a user means this source: by its uid, its name or its id. */
    public boolean isCalled(String text) {
        return text.equals(uid) || text.equals(name) || text.equals(operatorId);
    }

    public List<Position> positions() {
        return positions;
    }

    /**
     * Where a partition goes on.
     *
     * <p>Immutable.
     */
    public static final class Position {

        private final TopicPartition partition;
        private final long offset;
        private final long stoppingOffset;
        @Nullable private final Uuid topicId;

        private Position(KafkaPartitionSplit split) {
            this.partition = split.getTopicPartition();
            this.offset = split.getStartingOffset();
            this.stoppingOffset = split.getStoppingOffset().orElse(Long.MAX_VALUE);
            this.topicId = split instanceof TieredSplit ? ((TieredSplit) split).topicId() : null;
        }

        public TopicPartition partition() {
            return partition;
        }

        /** Returns the next offset; below 0 if the reader has yet to find it out. */
        public long offset() {
            return offset;
        }

        /** Whether there is nothing left to read. */
        public boolean isFinished() {
            return stoppingOffset >= 0 && offset >= stoppingOffset;
        }

        /** Returns the id of the topic; empty in the state of {@code KafkaSource}. */
        public Optional<Uuid> topicId() {
            return Optional.ofNullable(topicId);
        }
    }
}
