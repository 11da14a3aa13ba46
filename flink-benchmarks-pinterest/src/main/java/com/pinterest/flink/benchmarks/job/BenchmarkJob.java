// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.job;

import com.pinterest.flink.benchmarks.serialization.Event;
import com.pinterest.flink.benchmarks.serialization.Events;
import com.pinterest.flink.benchmarks.serialization.TextKind;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.util.Collector;

/** The jobs that are measured as a whole. None of them reuses objects. */
public enum BenchmarkJob {

    /** Events keyed by their user: source, map, keyed count in heap state, map, sink. */
    POJO("job.pojo.keyed") {
        @Override
        JobExecutionResult run(StreamExecutionEnvironment environment, long records, long warmUp)
                throws Exception {
            return runKeyed(
                    source(
                            environment,
                            records,
                            new EventPool(warmUp),
                            TypeInformation.of(Event.class)),
                    Event::getUserId);
        }
    },

    /** Strings of 16 to 64 chars keyed by themselves: the same operators. */
    STRING("job.string.keyed") {
        @Override
        JobExecutionResult run(StreamExecutionEnvironment environment, long records, long warmUp)
                throws Exception {
            return runKeyed(
                    source(
                            environment,
                            records,
                            new TextPool(warmUp),
                            TypeInformation.of(String.class)),
                    text -> text);
        }
    },

    /** A grouped SQL query over rows of six fields. */
    SQL("job.sql.groupby") {
        @Override
        JobExecutionResult run(StreamExecutionEnvironment environment, long records, long warmUp)
                throws Exception {
            StreamTableEnvironment tables = StreamTableEnvironment.create(environment);
            tables.createTemporaryView(
                    "events",
                    source(environment, records, new RowPool(warmUp), RowPool.typeOfRows()));
            tables.executeSql(
                    """
                    CREATE TABLE results (
                      user_id INT, events BIGINT, amount DOUBLE, clicks BIGINT, confirmed BIGINT,
                      page STRING, referrer STRING
                    ) WITH ('connector' = 'blackhole')
                    """);
            return tables.executeSql(
                            """
                            INSERT INTO results
                            SELECT user_id, COUNT(*), SUM(amount), MAX(clicks),
                              COUNT(*) FILTER (WHERE confirmed), MAX(page), MAX(referrer)
                            FROM events GROUP BY user_id
                            """)
                    .getJobClient()
                    .orElseThrow()
                    .getJobExecutionResult()
                    .get();
        }
    };

    private final String caseName;

    BenchmarkJob(String caseName) {
        this.caseName = caseName;
    }

    /**
     * Runs the job to its end.
     *
     * @param records number of records, including the warm-up
     * @param warmUp number of records per subtask that are not measured
     */
    abstract JobExecutionResult run(
            StreamExecutionEnvironment environment, long records, long warmUp) throws Exception;

    /** Returns the name of its case. */
    public String caseName() {
        return caseName;
    }

    /**
     * Returns the job of a case.
     *
     * @throws IllegalArgumentException if there is none
     */
    static BenchmarkJob of(String caseName) {
        return Arrays.stream(values())
                .filter(job -> job.caseName.equals(caseName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no job " + caseName));
    }

    private static <T> DataStream<T> source(
            StreamExecutionEnvironment environment,
            long records,
            Pool<T> pool,
            TypeInformation<T> type) {
        return environment.fromSequence(1, records).map(pool).returns(type);
    }

    private static <K, T> JobExecutionResult runKeyed(DataStream<T> values, KeySelector<T, K> key)
            throws Exception {
        values.keyBy(key)
                .process(new Count<K, T>())
                .returns(values.getType())
                .map(value -> value)
                .returns(values.getType())
                .sinkTo(new DiscardingSink<>());
        return values.getExecutionEnvironment().execute();
    }

    private static final class EventPool extends Pool<Event> {
        private static final long serialVersionUID = 1L;

        EventPool(long warmUp) {
            super(warmUp);
        }

        @Override
        List<Event> values(int count) {
            return List.of(Events.typical(count, 1));
        }
    }

    private static final class TextPool extends Pool<String> {
        private static final long serialVersionUID = 1L;

        TextPool(long warmUp) {
            super(warmUp);
        }

        @Override
        List<String> values(int count) {
            Random random = new Random(1);
            return Stream.generate(() -> TextKind.ASCII.text(16 + random.nextInt(49), random))
                    .limit(count)
                    .toList();
        }
    }

    private static final class RowPool extends Pool<RowData> {
        private static final long serialVersionUID = 1L;

        RowPool(long warmUp) {
            super(warmUp);
        }

        static TypeInformation<RowData> typeOfRows() {
            LogicalType text = new VarCharType(VarCharType.MAX_LENGTH);
            return InternalTypeInfo.of(
                    RowType.of(
                            new LogicalType[] {
                                new IntType(),
                                new DoubleType(),
                                new BigIntType(),
                                new BooleanType(),
                                text,
                                text
                            },
                            new String[] {
                                "user_id", "amount", "clicks", "confirmed", "page", "referrer"
                            }));
        }

        @Override
        List<RowData> values(int count) {
            Random random = new Random(1);
            return Stream.generate(() -> row(random)).limit(count).toList();
        }

        private static RowData row(Random random) {
            return GenericRowData.of(
                    random.nextInt(),
                    random.nextDouble(),
                    random.nextLong(),
                    random.nextBoolean(),
                    StringData.fromString(TextKind.ASCII.text(16, random)),
                    StringData.fromString(TextKind.ASCII.text(8, random)));
        }
    }

    private static final class Count<K, T> extends KeyedProcessFunction<K, T, T> {
        private static final long serialVersionUID = 1L;

        private transient ValueState<Long> count;

        @Override
        public void open(OpenContext context) {
            count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Long.class));
        }

        @Override
        public void processElement(T value, Context context, Collector<T> output) throws Exception {
            Long before = count.value();
            count.update(before == null ? 1 : before + 1);
            output.collect(value);
        }
    }
}
