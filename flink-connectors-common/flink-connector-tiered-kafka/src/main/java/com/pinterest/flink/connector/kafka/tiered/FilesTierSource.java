// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import javax.annotation.Nullable;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.PendingSplitsCheckpoint;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * The source of {@link SourceTier#FILES}: Flink's {@link FileSource}, whose state is marked, so
 * that state of Kafka is refused with a message that says why.
 *
 * <p>Immutable.
 *
 * @param <T> the type of the records that it produces
 */
@Internal
public final class FilesTierSource<T>
        implements Source<T, FileSourceSplit, PendingSplitsCheckpoint<FileSourceSplit>>,
                ResultTypeQueryable<T> {

    private static final long serialVersionUID = 1L;

    private final FileSource<T> files;

    /**
     * @param files what reads the files
     */
    public FilesTierSource(FileSource<T> files) {
        this.files = requireNonNull(files, "files");
    }

    /**
     * Returns a source of files with one record a line.
     *
     * @param watchInterval how often new files are looked for; {@code null} to read those that are
     *     there at the start
     * @param topic the topic that the deserializer sees
     */
    public static <T> FilesTierSource<T> ofLines(
            Path directory,
            @Nullable Duration watchInterval,
            String topic,
            KafkaRecordDeserializationSchema<T> deserializer) {
        FileSource.FileSourceBuilder<T> builder =
                FileSource.forRecordStreamFormat(new RecordLines<>(topic, deserializer), directory);
        return new FilesTierSource<>(
                watchInterval == null
                        ? builder.build()
                        : builder.monitorContinuously(watchInterval).build());
    }

    @Override
    public Boundedness getBoundedness() {
        return files.getBoundedness();
    }

    @Override
    public SourceReader<T, FileSourceSplit> createReader(SourceReaderContext readerContext) {
        return files.createReader(readerContext);
    }

    @Override
    public SplitEnumerator<FileSourceSplit, PendingSplitsCheckpoint<FileSourceSplit>>
            createEnumerator(SplitEnumeratorContext<FileSourceSplit> context) {
        return files.createEnumerator(context);
    }

    @Override
    public SplitEnumerator<FileSourceSplit, PendingSplitsCheckpoint<FileSourceSplit>>
            restoreEnumerator(
                    SplitEnumeratorContext<FileSourceSplit> context,
                    PendingSplitsCheckpoint<FileSourceSplit> checkpoint) {
        return files.restoreEnumerator(context, checkpoint);
    }

    @Override
    public SimpleVersionedSerializer<FileSourceSplit> getSplitSerializer() {
        return SourceStateSerializer.ofFiles(files.getSplitSerializer());
    }

    @Override
    public SimpleVersionedSerializer<PendingSplitsCheckpoint<FileSourceSplit>>
            getEnumeratorCheckpointSerializer() {
        return SourceStateSerializer.ofFiles(files.getEnumeratorCheckpointSerializer());
    }

    @Override
    public TypeInformation<T> getProducedType() {
        return files.getProducedType();
    }
}
