// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.oracle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.legacy.table.connector.source.SourceFunctionProvider;
import org.apache.flink.streaming.api.functions.sink.legacy.SinkFunction;
import org.apache.flink.streaming.api.functions.source.legacy.SourceFunction;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.legacy.SinkFunctionProvider;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/**
 * The connector {@code oracle}: tables whose rows {@link LocalJob} feeds and takes, or, on a
 * cluster, tables of which the rows are in a static field. How they change is said by {@link
 * Changes}; for a batch query all tables only grow.
 */
@SuppressWarnings("deprecation") // Functions of sources and sinks are all that is needed.
public final class OracleTableFactory
        implements DynamicTableSourceFactory, DynamicTableSinkFactory {

    static final String NAME = "oracle";

    /** What tables emit on a cluster; static, as sources are copied. */
    static final Map<String, List<RowData>> ROWS = new ConcurrentHashMap<>();

    /** What results have got on a cluster, in order. */
    static final List<RowData> RESULTS = Collections.synchronizedList(new ArrayList<>());

    private static final ConfigOption<Changes> CHANGES =
            ConfigOptions.key("changes").enumType(Changes.class).noDefaultValue();

    @Override
    public String factoryIdentifier() {
        return NAME;
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(CHANGES);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of();
    }

    @Override
    public DynamicTableSource createDynamicTableSource(DynamicTableFactory.Context context) {
        return new Source(context.getObjectIdentifier().getObjectName(), changes(context));
    }

    @Override
    public DynamicTableSink createDynamicTableSink(DynamicTableFactory.Context context) {
        return new Sink(changes(context), context.getPhysicalRowDataType().getLogicalType());
    }

    private static ChangelogMode changes(DynamicTableFactory.Context context) {
        boolean isBatch =
                context.getConfiguration().get(ExecutionOptions.RUNTIME_MODE)
                        == RuntimeExecutionMode.BATCH;
        FactoryUtil.TableFactoryHelper helper =
                FactoryUtil.createTableFactoryHelper(new OracleTableFactory(), context);
        helper.validate();
        return isBatch ? ChangelogMode.insertOnly() : helper.getOptions().get(CHANGES).mode();
    }

    /** A table that is fed. */
    private static final class Source implements ScanTableSource {

        private final String table;
        private final ChangelogMode mode;

        Source(String table, ChangelogMode mode) {
            this.table = table;
            this.mode = mode;
        }

        @Override
        public ChangelogMode getChangelogMode() {
            return mode;
        }

        @Override
        public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
            return SourceFunctionProvider.of(new Scan(table), true);
        }

        @Override
        public DynamicTableSource copy() {
            return new Source(table, mode);
        }

        @Override
        public String asSummaryString() {
            return table;
        }
    }

    /** A table whose changes are noted. */
    private static final class Sink implements DynamicTableSink {

        private final ChangelogMode mode;
        private final LogicalType type;

        Sink(ChangelogMode mode, LogicalType type) {
            this.mode = mode;
            this.type = type;
        }

        @Override
        public ChangelogMode getChangelogMode(ChangelogMode requested) {
            return mode;
        }

        @Override
        public SinkRuntimeProvider getSinkRuntimeProvider(DynamicTableSink.Context context) {
            return SinkFunctionProvider.of(new Result(type));
        }

        @Override
        public DynamicTableSink copy() {
            return new Sink(mode, type);
        }

        @Override
        public String asSummaryString() {
            return "result";
        }
    }

    /** Stands where the rows of a table go into a job. */
    static final class Scan implements SourceFunction<RowData> {

        private static final long serialVersionUID = 1L;

        private final String table;

        Scan(String table) {
            this.table = table;
        }

        String table() {
            return table;
        }

        @Override
        public void run(SourceContext<RowData> context) {
            ROWS.getOrDefault(table, List.of()).forEach(context::collect);
        }

        @Override
        public void cancel() {}
    }

    /** Stands where the rows of the result leave a job. */
    static final class Result implements SinkFunction<RowData> {

        private static final long serialVersionUID = 1L;

        private final RowDataSerializer serializer;

        Result(LogicalType type) {
            this.serializer = new RowDataSerializer((RowType) type);
        }

        @Override
        public void invoke(RowData row, SinkFunction.Context context) {
            RESULTS.add(serializer.copy(row));
        }
    }
}
