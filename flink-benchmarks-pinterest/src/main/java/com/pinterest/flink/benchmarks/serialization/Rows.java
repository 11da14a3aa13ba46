// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.benchmarks.serialization;

import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.runtime.typeutils.RowDataSerializer;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.DateType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.SmallIntType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.VarCharType;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A benchmark that copies rows as sources create them, or converts them to binary rows, rotating
 * over 64 rows.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Rows {

    private static final int ROWS = 64;
    private static final int DECIMAL_PRECISION = 10;
    private static final int DECIMAL_SCALE = 2;

    private static final LogicalType[] TYPES = {
        new BigIntType(),
        new IntType(),
        new SmallIntType(),
        new BooleanType(),
        new DoubleType(),
        new FloatType(),
        new DateType(),
        new TimestampType(3),
        new LocalZonedTimestampType(9),
        new DecimalType(DECIMAL_PRECISION, DECIMAL_SCALE),
        new VarCharType(VarCharType.MAX_LENGTH),
        new VarCharType(VarCharType.MAX_LENGTH)
    };

    private RowDataSerializer serializer;
    private RowData[] rows;
    private int next;

    /** Prepares rows, checks how they are read back, and mixes in rows of other types. */
    @Setup
    public void prepare() {
        serializer = new RowDataSerializer(TYPES);
        Random random = new Random(1);
        rows = Stream.generate(() -> row(random)).limit(ROWS).toArray(RowData[]::new);
        LogicalType[] reversed = reversed(TYPES);
        RowDataSerializer other = new RowDataSerializer(reversed);
        LogicalType[] few = {new VarCharType(VarCharType.MAX_LENGTH), new BigIntType()};
        RowDataSerializer another = new RowDataSerializer(few);
        for (int round = 0; round < 100; round++) {
            for (RowData row : rows) {
                GenericRowData generic = (GenericRowData) row;
                requireSame(generic, serializer.toBinaryRow(row), TYPES);
                requireSame(generic, serializer.copy(row), TYPES);
                GenericRowData turned = GenericRowData.of(reversed(fields(generic)));
                requireSame(turned, other.toBinaryRow(turned), reversed);
                requireSame(turned, other.copy(turned), reversed);
                GenericRowData pair = GenericRowData.of(generic.getField(11), generic.getField(0));
                requireSame(pair, another.toBinaryRow(pair), few);
                requireSame(pair, another.copy(pair), few);
            }
        }
    }

    private static GenericRowData row(Random random) {
        return GenericRowData.of(
                random.nextLong(),
                random.nextInt(),
                (short) random.nextInt(),
                random.nextBoolean(),
                random.nextDouble(),
                random.nextFloat(),
                random.nextInt(30_000),
                TimestampData.fromEpochMillis(random.nextInt(1_000_000_000) * 1000L),
                TimestampData.fromEpochMillis(
                        random.nextInt(1_000_000_000) * 1000L, random.nextInt(1_000_000)),
                DecimalData.fromUnscaledLong(random.nextInt(), DECIMAL_PRECISION, DECIMAL_SCALE),
                random.nextInt(4) == 0
                        ? null
                        : StringData.fromString(TextKind.ASCII.text(6, random)),
                StringData.fromString(TextKind.ASCII.text(20, random)));
    }

    private static Object[] fields(GenericRowData row) {
        Object[] fields = new Object[row.getArity()];
        Arrays.setAll(fields, row::getField);
        return fields;
    }

    private static <T> T[] reversed(T[] array) {
        T[] reversed = array.clone();
        for (int index = 0; index < array.length; index++) {
            reversed[index] = array[array.length - 1 - index];
        }
        return reversed;
    }

    private static void requireSame(GenericRowData expected, RowData actual, LogicalType[] types) {
        for (int field = 0; field < types.length; field++) {
            Object value = RowData.createFieldGetter(types[field], field).getFieldOrNull(actual);
            if (!Objects.equals(expected.getField(field), value)) {
                throw new IllegalStateException(expected.getField(field) + " was read as " + value);
            }
        }
    }

    @Benchmark
    public BinaryRowData toBinary() {
        next = (next + 1) % ROWS;
        return serializer.toBinaryRow(rows[next]);
    }

    /** Copies a row, as between operators of a chain without object reuse. */
    @Benchmark
    public RowData copy() {
        next = (next + 1) % ROWS;
        return serializer.copy(rows[next]);
    }
}
