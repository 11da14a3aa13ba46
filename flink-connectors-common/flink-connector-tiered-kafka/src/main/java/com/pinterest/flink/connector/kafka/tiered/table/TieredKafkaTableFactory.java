// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.table;

import java.util.Set;
import org.apache.flink.annotation.Internal;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.streaming.connectors.kafka.table.KafkaDynamicTableFactory;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.source.DynamicTableSource;

/**
 * Makes tables of the connector {@code tiered-kafka}. It is the connector {@code kafka} with all of
 * its options, whose source and sink have other tiers as well.
 */
@Internal
public final class TieredKafkaTableFactory extends KafkaDynamicTableFactory {

    public static final String IDENTIFIER = "tiered-kafka";

    @Override
    public String factoryIdentifier() {
        return IDENTIFIER;
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return TieredTables.withOptions(super.optionalOptions());
    }

    @Override
    public Set<ConfigOption<?>> forwardOptions() {
        return TieredTables.withOptions(super.forwardOptions());
    }

    @Override
    public DynamicTableSource createDynamicTableSource(Context context) {
        return TieredTables.source(
                TieredTables.configured(context, this), this, super::createDynamicTableSource);
    }

    @Override
    public DynamicTableSink createDynamicTableSink(Context context) {
        return TieredTables.sink(
                TieredTables.configured(context, this), this, super::createDynamicTableSink);
    }
}
