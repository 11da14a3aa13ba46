// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.table;

import com.pinterest.flink.connector.kafka.tiered.FilesTierSource;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.SourceProvider;
import org.apache.flink.table.data.RowData;

/**
 * The source of a table that reads files: that of the connector {@code filesystem}, under the uid
 * that Kafka's source has, so that state of Kafka is found and refused.
 */
final class FilesTableSource implements ScanTableSource {

    private final ScanTableSource files;
    private final Optional<Integer> parallelism;
    private final String name;

    FilesTableSource(ScanTableSource files, Optional<Integer> parallelism, String name) {
        this.files = files;
        this.parallelism = parallelism;
        this.name = name;
    }

    @Override
    public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
        SourceProvider provider = (SourceProvider) files.getScanRuntimeProvider(context);
        return new DataStreamScanProvider() {

            @Override
            @SuppressWarnings("unchecked") // A table's source produces rows.
            public DataStream<RowData> produceDataStream(
                    ProviderContext providerContext, StreamExecutionEnvironment environment) {
                DataStreamSource<RowData> stream =
                        environment.fromSource(
                                new FilesTierSource<>(
                                        (FileSource<RowData>) provider.createSource()),
                                WatermarkStrategy.noWatermarks(),
                                "FileSource-" + name);
                providerContext.generateUid(TieredTables.UID_OF_KAFKA).ifPresent(stream::uid);
                return stream;
            }

            @Override
            public boolean isBounded() {
                return provider.isBounded();
            }

            @Override
            public Optional<Integer> getParallelism() {
                return parallelism;
            }
        };
    }

    @Override
    public ChangelogMode getChangelogMode() {
        return files.getChangelogMode();
    }

    @Override
    public DynamicTableSource copy() {
        return new FilesTableSource((ScanTableSource) files.copy(), parallelism, name);
    }

    @Override
    public String asSummaryString() {
        return "Tiered Kafka table source of files";
    }
}
