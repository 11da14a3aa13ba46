// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.rows;

import com.pinterest.flink.serialization.SerializationFeature;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.data.binary.BinaryFormat;
import org.apache.flink.table.data.binary.BinaryRowData;
import org.apache.flink.table.data.binary.BinaryStringData;
import org.apache.flink.table.data.writer.BinaryRowWriter;
import org.apache.flink.table.data.writer.BinaryWriter;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.TimestampType;

/**
 * A writer of rows of one type as binary rows, with the bytes and exceptions of {@link
 * BinaryWriter#write}, but without looking up the type of a field for each row, and without boxing.
 *
 * <p>A {@link GenericRowData}, as created by sources and user functions, is written one kind of
 * field after the other. A loop over fields of one kind has no branches; a loop over all fields
 * branches for each, and many of these branches are mispredicted. The order does not matter for
 * fields with a fixed place in the row; the others are written in the order of the fields. Rows of
 * other classes are written field by field, because their getters take most of the time.
 *
 * <p>Types with a serializer that does most of the work (arrays, maps, rows), and rare ones, are
 * left to {@link BinaryWriter}, which also throws for types that cannot be written.
 *
 * <p>Not thread-safe, because the serializers of nested fields have state. The serializer that it
 * belongs to is not thread-safe either, and each of its duplicates creates its own writer.
 */
public final class RowFieldWriter {

    private static final int BOOLEAN = 0;
    private static final int BYTE = 1;
    private static final int SHORT = 2;
    private static final int INT = 3;
    private static final int LONG = 4;
    private static final int FLOAT = 5;
    private static final int DOUBLE = 6;
    private static final int COMPACT_DECIMAL = 7;
    private static final int COMPACT_TIMESTAMP = 8;

    /** The first kind without a fixed place, or whose place is unknown. */
    private static final int DECIMAL = 9;

    private static final int TIMESTAMP = 10;
    private static final int STRING = 11;
    private static final int BINARY = 12;
    private static final int OTHER = 13;

    private static final VarHandle SHORTS = view(short[].class);
    private static final VarHandle INTS = view(int[].class);
    private static final VarHandle LONGS = view(long[].class);
    private static final VarHandle FLOATS = view(float[].class);
    private static final VarHandle DOUBLES = view(double[].class);

    private final boolean active =
            SerializationFeature.isActive(Thread.currentThread().getContextClassLoader());

    private final LogicalType[] types;
    private final TypeSerializer<?>[] serializers;
    private final RowData.FieldGetter[] getters;

    private final int[] kinds;
    private final int[] precisions;
    private final int[] scales;

    private final int[] booleans;
    private final int[] bytes;
    private final int[] shorts;
    private final int[] ints;
    private final int[] longs;
    private final int[] floats;
    private final int[] doubles;
    private final int[] compactDecimals;
    private final int[] compactTimestamps;
    private final int[] unplaced;

    /** Creates a writer for a serializer of rows, with its types, serializers and getters. */
    public RowFieldWriter(
            LogicalType[] types, TypeSerializer<?>[] serializers, RowData.FieldGetter[] getters) {
        this.types = types;
        this.serializers = serializers;
        this.getters = getters;
        kinds = new int[types.length];
        precisions = new int[types.length];
        scales = new int[types.length];
        for (int field = 0; field < types.length; field++) {
            kinds[field] = inspect(field);
        }
        booleans = fields(kind -> kind == BOOLEAN);
        bytes = fields(kind -> kind == BYTE);
        shorts = fields(kind -> kind == SHORT);
        ints = fields(kind -> kind == INT);
        longs = fields(kind -> kind == LONG);
        floats = fields(kind -> kind == FLOAT);
        doubles = fields(kind -> kind == DOUBLE);
        compactDecimals = fields(kind -> kind == COMPACT_DECIMAL);
        compactTimestamps = fields(kind -> kind == COMPACT_TIMESTAMP);
        unplaced = fields(kind -> kind >= DECIMAL);
    }

    private static VarHandle view(Class<?> arrayClass) {
        return MethodHandles.byteArrayViewVarHandle(arrayClass, ByteOrder.nativeOrder());
    }

    private int inspect(int field) {
        LogicalType type = types[field];
        switch (type.getTypeRoot()) {
            case BOOLEAN:
                return BOOLEAN;
            case TINYINT:
                return BYTE;
            case SMALLINT:
                return SHORT;
            case INTEGER:
            case DATE:
            case TIME_WITHOUT_TIME_ZONE:
            case INTERVAL_YEAR_MONTH:
                return INT;
            case BIGINT:
            case INTERVAL_DAY_TIME:
                return LONG;
            case FLOAT:
                return FLOAT;
            case DOUBLE:
                return DOUBLE;
            case CHAR:
            case VARCHAR:
                return STRING;
            case BINARY:
            case VARBINARY:
                return BINARY;
            default:
                break;
        }
        // By class, not by root, because there are legacy types that only have the root.
        if (type instanceof DecimalType) {
            precisions[field] = ((DecimalType) type).getPrecision();
            scales[field] = ((DecimalType) type).getScale();
            return DecimalData.isCompact(precisions[field]) ? COMPACT_DECIMAL : DECIMAL;
        }
        if (type instanceof TimestampType) {
            return timestamp(field, ((TimestampType) type).getPrecision());
        }
        if (type instanceof LocalZonedTimestampType) {
            return timestamp(field, ((LocalZonedTimestampType) type).getPrecision());
        }
        return OTHER;
    }

    private int timestamp(int field, int precision) {
        precisions[field] = precision;
        return TimestampData.isCompact(precision) ? COMPACT_TIMESTAMP : TIMESTAMP;
    }

    private int[] fields(IntPredicate ofKind) {
        return IntStream.range(0, kinds.length)
                .filter(field -> ofKind.test(kinds[field]))
                .toArray();
    }

    /**
     * Writes a row to the row of the writer.
     *
     * @return false if upstream's code has to write the row from the start: always, if the feature
     *     {@code serialization} was not active for the job of the thread that created this writer
     */
    public boolean write(RowData row, BinaryRowWriter writer) {
        if (!active) {
            return false;
        }
        writer.reset();
        writer.writeRowKind(row.getRowKind());
        if (row instanceof GenericRowData) {
            GenericRowData generic = (GenericRowData) row;
            try {
                writePlaced(generic, writer);
            } catch (RuntimeException | AssertionError e) {
                // An earlier field without a fixed place may be wrong as well: its exception has to
                // be thrown.
                return false;
            }
            writeUnplaced(generic, writer);
        } else {
            writeInOrder(row, writer);
        }
        writer.complete();
        return true;
    }

    private void writePlaced(GenericRowData row, BinaryRowWriter writer) {
        // The writer's own methods look up memory and limits for each value.
        byte[] array = writer.getSegments().getArray();
        int start = writer.getFieldOffset(0);
        for (int field : booleans) {
            Object value = row.getField(field);
            if (value == null) {
                writer.setNullAt(field);
            } else {
                array[start + Long.BYTES * field] = (byte) ((boolean) value ? 1 : 0);
            }
        }
        for (int field : bytes) {
            Object value = row.getField(field);
            if (value == null) {
                writer.setNullAt(field);
            } else {
                array[start + Long.BYTES * field] = (byte) value;
            }
        }
        for (int field : shorts) {
            Object value = row.getField(field);
            if (value == null) {
                writer.setNullAt(field);
            } else {
                SHORTS.set(array, start + Long.BYTES * field, (short) value);
            }
        }
        for (int field : ints) {
            Object value = row.getField(field);
            if (value == null) {
                writer.setNullAt(field);
            } else {
                INTS.set(array, start + Long.BYTES * field, (int) value);
            }
        }
        for (int field : longs) {
            Object value = row.getField(field);
            if (value == null) {
                writer.setNullAt(field);
            } else {
                LONGS.set(array, start + Long.BYTES * field, (long) value);
            }
        }
        for (int field : floats) {
            Object value = row.getField(field);
            if (value == null) {
                writer.setNullAt(field);
            } else {
                FLOATS.set(array, start + Long.BYTES * field, (float) value);
            }
        }
        for (int field : doubles) {
            Object value = row.getField(field);
            if (value == null) {
                writer.setNullAt(field);
            } else {
                DOUBLES.set(array, start + Long.BYTES * field, (double) value);
            }
        }
        for (int field : compactDecimals) {
            Object value = row.getField(field);
            if (value == null) {
                writer.setNullAt(field);
            } else {
                writer.writeDecimal(field, (DecimalData) value, precisions[field]);
            }
        }
        for (int field : compactTimestamps) {
            Object value = row.getField(field);
            if (value == null) {
                writer.setNullAt(field);
            } else {
                writer.writeTimestamp(field, (TimestampData) value, precisions[field]);
            }
        }
    }

    private void writeUnplaced(GenericRowData row, BinaryRowWriter writer) {
        for (int field : unplaced) {
            Object value = row.getField(field);
            if (value == null) {
                writer.setNullAt(field);
                continue;
            }
            switch (kinds[field]) {
                case DECIMAL:
                    writer.writeDecimal(field, (DecimalData) value, precisions[field]);
                    break;
                case TIMESTAMP:
                    writer.writeTimestamp(field, (TimestampData) value, precisions[field]);
                    break;
                case STRING:
                    writeString(writer, field, (StringData) value);
                    break;
                case BINARY:
                    writer.writeBinary(field, (byte[]) value);
                    break;
                default:
                    writeOther(row, field, writer);
            }
        }
    }

    private void writeInOrder(RowData row, BinaryRowWriter writer) {
        for (int field = 0; field < kinds.length; field++) {
            if (row.isNullAt(field)) {
                writer.setNullAt(field);
                continue;
            }
            int precision = precisions[field];
            switch (kinds[field]) {
                case BOOLEAN:
                    writer.writeBoolean(field, row.getBoolean(field));
                    break;
                case BYTE:
                    writer.writeByte(field, row.getByte(field));
                    break;
                case SHORT:
                    writer.writeShort(field, row.getShort(field));
                    break;
                case INT:
                    writer.writeInt(field, row.getInt(field));
                    break;
                case LONG:
                    writer.writeLong(field, row.getLong(field));
                    break;
                case FLOAT:
                    writer.writeFloat(field, row.getFloat(field));
                    break;
                case DOUBLE:
                    writer.writeDouble(field, row.getDouble(field));
                    break;
                case COMPACT_DECIMAL:
                case DECIMAL:
                    writer.writeDecimal(
                            field, row.getDecimal(field, precision, scales[field]), precision);
                    break;
                case COMPACT_TIMESTAMP:
                case TIMESTAMP:
                    writer.writeTimestamp(field, row.getTimestamp(field, precision), precision);
                    break;
                case STRING:
                    writeString(writer, field, row.getString(field));
                    break;
                case BINARY:
                    writer.writeBinary(field, row.getBinary(field));
                    break;
                default:
                    writeOther(row, field, writer);
            }
        }
    }

    @SuppressWarnings("deprecation") // the one form that knows all types, of each release
    private void writeOther(RowData row, int field, BinaryRowWriter writer) {
        Object value = getters[field].getFieldOrNull(row);
        BinaryWriter.write(writer, field, value, types[field], serializers[field]);
    }

    /** Writes a string of up to seven bytes, which fits into its field, without copying it. */
    private static void writeString(BinaryRowWriter writer, int field, StringData value) {
        BinaryStringData string = (BinaryStringData) value;
        MemorySegment[] segments = string.getSegments();
        int size = string.getSizeInBytes();
        if (size > BinaryFormat.MAX_FIX_PART_DATA_SIZE
                || segments.length > 1
                || !BinaryRowData.LITTLE_ENDIAN) {
            writer.writeString(field, value);
            return;
        }
        long mark = (long) (size | 0x80) << 56;
        writer.writeLong(field, mark | word(segments[0], string.getOffset(), size));
    }

    private static long word(MemorySegment segment, int offset, int size) {
        if (size >= Integer.BYTES) {
            // Two overlapping reads instead of a loop.
            int rest = size - Integer.BYTES;
            long high = Integer.toUnsignedLong(segment.getInt(offset + rest));
            return (high << (Byte.SIZE * rest)) | Integer.toUnsignedLong(segment.getInt(offset));
        }
        long word = 0;
        for (int i = size - 1; i >= 0; i--) {
            word = word << Byte.SIZE | Byte.toUnsignedLong(segment.get(offset + i));
        }
        return word;
    }
}
