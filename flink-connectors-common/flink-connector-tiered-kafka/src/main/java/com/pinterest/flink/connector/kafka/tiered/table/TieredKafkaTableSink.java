// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.table;

import com.pinterest.flink.connector.kafka.tiered.BadRecords;
import com.pinterest.flink.connector.kafka.tiered.SinkTier;
import com.pinterest.flink.connector.kafka.tiered.config.TieredKafkaConnectorOptions;
import com.pinterest.flink.connector.kafka.tiered.config.TieredWrite;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.streaming.connectors.kafka.table.KafkaDynamicSink;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkV2Provider;
import org.apache.flink.table.connector.sink.abilities.SupportsWritingMetadata;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;

/**
 * The sink of a table: Kafka's, whose {@link KafkaSink} is replaced by one that has other tiers as
 * well.
 */
final class TieredKafkaTableSink implements DynamicTableSink, SupportsWritingMetadata {

    private final KafkaDynamicSink kafka;
    private final TieredWrite write;

    /** The type of the rows, with metadata columns. */
    private DataType rowType;

    TieredKafkaTableSink(KafkaDynamicSink kafka, TieredWrite write, DataType rowType) {
        this.rowType = rowType;
        this.kafka = kafka;
        this.write = write;
    }

    @Override
    @SuppressWarnings("unchecked") // A table's sink takes rows.
    public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
        SinkRuntimeProvider provider = kafka.getSinkRuntimeProvider(context);
        if (!(provider instanceof SinkV2Provider)) {
            // That of upsert-kafka with sink.buffer-flush, which wraps Kafka's sink.
            if (write.tier() != SinkTier.KAFKA || write.badRecords() != BadRecords.FAIL) {
                throw new ValidationException(
                        String.format(
                                "'sink.buffer-flush.*' needs '%s' = 'kafka' and '%s' = 'fail'.",
                                TieredKafkaConnectorOptions.SINK_TIER.key(),
                                TieredKafkaConnectorOptions.SINK_SER_FAILURE_HANDLER.key()));
            }
            return provider;
        }
        SinkV2Provider kafkaProvider = (SinkV2Provider) provider;
        return SinkV2Provider.of(
                write.<RowData>builder()
                        .setKafkaSink((KafkaSink<RowData>) kafkaProvider.createSink())
                        .setBadRecords(
                                write.badRecords(),
                                new RowText(context.createDataStructureConverter(rowType)))
                        .build(),
                kafkaProvider.getParallelism().orElse(null));
    }

    @Override
    public ChangelogMode getChangelogMode(ChangelogMode requestedMode) {
        return kafka.getChangelogMode(requestedMode);
    }

    @Override
    public Map<String, DataType> listWritableMetadata() {
        return kafka.listWritableMetadata();
    }

    @Override
    public void applyWritableMetadata(List<String> metadataKeys, DataType consumedDataType) {
        if (write.tier() == SinkTier.FILES) {
            throw new ValidationException(
                    String.format(
                            "'%s' = 'files' has no place for the metadata columns %s.",
                            TieredKafkaConnectorOptions.SINK_TIER.key(), metadataKeys));
        }
        kafka.applyWritableMetadata(metadataKeys, consumedDataType);
        rowType = consumedDataType;
    }

    @Override
    public DynamicTableSink copy() {
        return new TieredKafkaTableSink((KafkaDynamicSink) kafka.copy(), write, rowType);
    }

    @Override
    public String asSummaryString() {
        return "Tiered Kafka table sink";
    }
}
