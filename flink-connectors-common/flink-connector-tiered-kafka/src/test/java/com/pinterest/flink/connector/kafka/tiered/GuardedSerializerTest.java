// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuardedSerializerTest {

    @TempDir Path directory;
    private final SimpleCounter errors = new SimpleCounter();

    @Test
    void deadLettersAreSafeWithACheckpoint() throws Exception {
        // given
        GuardedSerializer<String> guard = guard(BadRecords.toFiles(flinkPath()));
        guard.start(errors);
        GuardedWriter<String> writer = new GuardedWriter<>(new Nothing(), guard);

        // when
        assertThat(guard.serialize("good", null, 1L)).isNotNull();
        assertThat(guard.serialize("bad", null, 1L)).isNull();

        // then
        assertThat(errors.getCount()).isEqualTo(1);
        assertThat(letters()).isEmpty();
        writer.flush(false);
        assertThat(letters()).hasSize(1);
        writer.close();
        assertThat(letters()).hasSize(1);
    }

    @Test
    void loggedOnesAreCounted() throws Exception {
        GuardedSerializer<String> guard = guard(BadRecords.LOG);
        guard.start(errors);

        assertThat(guard.serialize("bad", null, null)).isNull();
        assertThat(guard.serialize("bad", null, null)).isNull();
        guard.flush();
        guard.close();

        assertThat(errors.getCount()).isEqualTo(2);
    }

    private org.apache.flink.core.fs.Path flinkPath() {
        return new org.apache.flink.core.fs.Path(directory.toUri());
    }

    private List<Path> letters() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".jsonl")).toList();
        }
    }

    private static GuardedSerializer<String> guard(BadRecords badRecords) {
        KafkaRecordSerializationSchema<String> serializer =
                (record, context, timestamp) -> {
                    if (record.equals("bad")) {
                        throw new IllegalStateException("bad");
                    }
                    return new ProducerRecord<>("t", new byte[0]);
                };
        return new GuardedSerializer<>(
                serializer,
                badRecords,
                record -> record.getBytes(StandardCharsets.UTF_8),
                new Properties());
    }

    /** A writer without a place. */
    private static final class Nothing implements TierWriter<String> {

        @Override
        public void write(String element, Context context) {
            // Nowhere.
        }

        @Override
        public void flush(boolean endOfInput) {
            // Nothing.
        }

        @Override
        public Collection<TierItem> prepareCommit() {
            return List.of();
        }

        @Override
        public List<TierItem> snapshotState(long checkpointId) {
            return List.of();
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
