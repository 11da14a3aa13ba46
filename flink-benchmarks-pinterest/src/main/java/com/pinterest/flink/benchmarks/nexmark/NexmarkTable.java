// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.nexmark;

import com.pinterest.flink.benchmarks.job.CpuReadings;
import java.util.Set;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;

/**
 * The connector {@code nexmark}: a table with the first events of the auction site, in order. Its
 * source records the CPU time of the TaskManager in {@link CpuReadings}.
 */
public final class NexmarkTable implements DynamicTableSourceFactory {

    private static final ConfigOption<Long> EVENTS =
            ConfigOptions.key("events")
                    .longType()
                    .noDefaultValue()
                    .withDescription("How many events there are, those of the warm-up included.");

    private static final ConfigOption<Long> WARM_UP =
            ConfigOptions.key("warm-up")
                    .longType()
                    .noDefaultValue()
                    .withDescription("How many of them pass before CPU time is first read.");

    /**
     * Creates the table of all events, {@code events}, and a view for each kind: {@code person},
     * {@code auction} and {@code bid}.
     */
    static void create(TableEnvironment tables, long events, long warmUp) {
        tables.executeSql(
                """
                CREATE TABLE events (
                  kind INT,
                  person ROW<id BIGINT, name STRING, email STRING, card STRING, city STRING,
                             state STRING, date_time TIMESTAMP(3), extra STRING>,
                  auction ROW<id BIGINT, item STRING, description STRING, first_price BIGINT,
                              reserve BIGINT, date_time TIMESTAMP(3), expires TIMESTAMP(3),
                              seller BIGINT, category BIGINT, extra STRING>,
                  bid ROW<auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING,
                          date_time TIMESTAMP(3), extra STRING>,
                  date_time AS CASE kind
                    WHEN 0 THEN person.date_time
                    WHEN 1 THEN auction.date_time
                    ELSE bid.date_time END,
                  WATERMARK FOR date_time AS date_time - INTERVAL '4' SECOND
                ) WITH ('connector' = 'nexmark', 'events' = '%d', 'warm-up' = '%d')
                """
                        .formatted(events, warmUp));
        tables.executeSql(
                """
                CREATE VIEW person AS
                SELECT person.id, person.name, person.email, person.card, person.city,
                  person.state, date_time, person.extra
                FROM events WHERE kind = 0
                """);
        tables.executeSql(
                """
                CREATE VIEW auction AS
                SELECT auction.id, auction.item, auction.description, auction.first_price,
                  auction.reserve, date_time, auction.expires, auction.seller, auction.category,
                  auction.extra
                FROM events WHERE kind = 1
                """);
        tables.executeSql(
                """
                CREATE VIEW bid AS
                SELECT bid.auction, bid.bidder, bid.price, bid.channel, bid.url, date_time,
                  bid.extra
                FROM events WHERE kind = 2
                """);
        tables.executeSql(
                """
                CREATE VIEW bid_with_processing_time AS
                SELECT bidder, PROCTIME() AS processing_time FROM bid
                """);
    }

    @Override
    public String factoryIdentifier() {
        return "nexmark";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(EVENTS, WARM_UP);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of();
    }

    @Override
    public DynamicTableSource createDynamicTableSource(Context context) {
        FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
        helper.validate();
        RowType type =
                (RowType)
                        context.getCatalogTable()
                                .getResolvedSchema()
                                .toPhysicalRowDataType()
                                .getLogicalType();
        return new Source(helper.getOptions().get(EVENTS), helper.getOptions().get(WARM_UP), type);
    }

    private record Source(long events, long warmUp, RowType type) implements ScanTableSource {

        @Override
        public ChangelogMode getChangelogMode() {
            return ChangelogMode.insertOnly();
        }

        @Override
        public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
            return new DataStreamScanProvider() {
                @Override
                public DataStream<RowData> produceDataStream(
                        ProviderContext provider, StreamExecutionEnvironment environment) {
                    return environment
                            .fromSequence(0, events - 1)
                            .map(new Generator(warmUp))
                            .returns(InternalTypeInfo.of(type));
                }

                @Override
                public boolean isBounded() {
                    return true;
                }
            };
        }

        @Override
        public DynamicTableSource copy() {
            return this;
        }

        @Override
        public String asSummaryString() {
            return "nexmark";
        }
    }

    private static final class Generator extends RichMapFunction<Long, RowData> {
        private static final long serialVersionUID = 1L;

        private final CpuReadings readings;
        private transient Auctions auctions;

        Generator(long warmUp) {
            this.readings = new CpuReadings(warmUp);
        }

        @Override
        public void open(OpenContext context) {
            auctions = new Auctions();
        }

        @Override
        public RowData map(Long number) {
            readings.recordPasses(getRuntimeContext());
            return auctions.event(number);
        }

        @Override
        public void close() {
            readings.end(getRuntimeContext());
        }
    }
}
