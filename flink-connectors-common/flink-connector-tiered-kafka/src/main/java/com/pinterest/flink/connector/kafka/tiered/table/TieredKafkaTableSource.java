// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.table;

import com.pinterest.flink.connector.kafka.tiered.TieredKafkaSourceBuilder;
import com.pinterest.flink.connector.kafka.tiered.config.TieredScan;
import com.pinterest.flink.connector.kafka.tiered.config.WatermarkOptions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.transformations.SourceTransformation;
import org.apache.flink.streaming.connectors.kafka.table.KafkaDynamicSource;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.abilities.SupportsReadingMetadata;
import org.apache.flink.table.connector.source.abilities.SupportsWatermarkPushDown;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;

/**
 * The source of a table: Kafka's, whose {@link KafkaSource} is replaced by one that reads the
 * archive as well. What planner, formats and metadata columns see is Kafka's, and so are the uids
 * of the operators, so that savepoints of the connector {@code kafka} can be restored.
 */
final class TieredKafkaTableSource
        implements ScanTableSource, SupportsReadingMetadata, SupportsWatermarkPushDown {

    private final KafkaDynamicSource kafka;
    private final TieredScan scan;
    private final WatermarkOptions watermarks;
    private final String table;
    private final String name;

    /**
     * @param table its name in its database
     * @param name its whole name
     */
    TieredKafkaTableSource(
            KafkaDynamicSource kafka,
            TieredScan scan,
            WatermarkOptions watermarks,
            String table,
            String name) {
        this.table = table;
        this.kafka = kafka;
        this.scan = scan;
        this.watermarks = watermarks;
        this.name = name;
    }

    @Override
    public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
        DataStreamScanProvider provider =
                (DataStreamScanProvider) kafka.getScanRuntimeProvider(context);
        return new DataStreamScanProvider() {

            @Override
            public DataStream<RowData> produceDataStream(
                    ProviderContext providerContext, StreamExecutionEnvironment environment) {
                return replaced(
                        provider.produceDataStream(providerContext, environment), environment);
            }

            @Override
            public boolean isBounded() {
                return provider.isBounded();
            }

            @Override
            public Optional<Integer> getParallelism() {
                return provider.getParallelism();
            }
        };
    }

    @SuppressWarnings("unchecked") // A table's source produces rows.
    private DataStream<RowData> replaced(
            DataStream<RowData> stream, StreamExecutionEnvironment environment) {
        SourceTransformation<RowData, ?, ?> kafkaSource =
                (SourceTransformation<RowData, ?, ?>) stream.getTransformation();
        TieredKafkaSourceBuilder<RowData> builder =
                scan.builder(table, (KafkaSource<RowData>) kafkaSource.getSource());
        DataStreamSource<RowData> tiered =
                environment.fromSource(
                        builder.build(),
                        kafkaSource.getWatermarkStrategy(),
                        "TieredKafkaSource-" + name);
        if (kafkaSource.getUid() != null) {
            tiered.uid(kafkaSource.getUid());
        }
        return tiered;
    }

    @Override
    public ChangelogMode getChangelogMode() {
        return kafka.getChangelogMode();
    }

    @Override
    public Map<String, DataType> listReadableMetadata() {
        return kafka.listReadableMetadata();
    }

    @Override
    public void applyReadableMetadata(List<String> metadataKeys, DataType producedDataType) {
        kafka.applyReadableMetadata(metadataKeys, producedDataType);
    }

    @Override
    public boolean supportsMetadataProjection() {
        return kafka.supportsMetadataProjection();
    }

    /** The planner has put in the options of the statement, and does not know others. */
    @Override
    public void applyWatermark(WatermarkStrategy<RowData> watermarkStrategy) {
        kafka.applyWatermark(watermarks.applyTo(watermarkStrategy));
    }

    @Override
    public DynamicTableSource copy() {
        return new TieredKafkaTableSource(
                (KafkaDynamicSource) kafka.copy(), scan, watermarks, table, name);
    }

    @Override
    public String asSummaryString() {
        return "Tiered Kafka table source";
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof TieredKafkaTableSource)) {
            return false;
        }
        TieredKafkaTableSource that = (TieredKafkaTableSource) other;
        return kafka.equals(that.kafka)
                && scan.equals(that.scan)
                && watermarks.equals(that.watermarks)
                && name.equals(that.name);
    }

    @Override
    public int hashCode() {
        return Objects.hash(kafka, scan, watermarks, name);
    }
}
