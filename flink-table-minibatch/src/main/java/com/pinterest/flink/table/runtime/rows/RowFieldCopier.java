// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.rows;

import com.pinterest.flink.serialization.SerializationFeature;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.BooleanSerializer;
import org.apache.flink.api.common.typeutils.base.ByteSerializer;
import org.apache.flink.api.common.typeutils.base.DoubleSerializer;
import org.apache.flink.api.common.typeutils.base.FloatSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.ShortSerializer;
import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.core.memory.MemorySegmentFactory;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.data.binary.BinaryStringData;
import org.apache.flink.table.runtime.typeutils.InternalSerializers;
import org.apache.flink.table.runtime.typeutils.StringDataSerializer;
import org.apache.flink.table.runtime.typeutils.TimestampDataSerializer;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;

/**
 * A copier of rows of one type to generic rows, with the values and exceptions of upstream's {@code
 * RowDataSerializer}. Upstream copies each field through a getter and a serializer. This class
 * shares numbers and timestamps, which are immutable, and copies a string in one piece.
 *
 * <p>Other fields are copied with their getters and serializers, and so are fields with a
 * serializer that is not the usual one of their type.
 *
 * <p>Thread-safe if these serializers are.
 */
public final class RowFieldCopier {

    /** The way in which a field is read. */
    private enum Kind {
        BOOLEAN(BooleanSerializer.class, Boolean.class),
        BYTE(ByteSerializer.class, Byte.class),
        SHORT(ShortSerializer.class, Short.class),
        INT(IntSerializer.class, Integer.class),
        LONG(LongSerializer.class, Long.class),
        FLOAT(FloatSerializer.class, Float.class),
        DOUBLE(DoubleSerializer.class, Double.class),
        TIMESTAMP(TimestampDataSerializer.class, TimestampData.class),
        STRING(StringDataSerializer.class, null),
        OTHER(null, null);

        private final Class<?> serializerClass;

        /** The class of values that copies share; null if they share none. */
        private final Class<?> sharedClass;

        Kind(Class<?> serializerClass, Class<?> sharedClass) {
            this.serializerClass = serializerClass;
            this.sharedClass = sharedClass;
        }

        static Kind of(LogicalType type, TypeSerializer<?> serializer) {
            // A distinct type is not asked for a precision.
            if (type.is(LogicalTypeRoot.DISTINCT_TYPE)) {
                return OTHER;
            }
            for (Kind kind : values()) {
                if (serializer.getClass() == kind.serializerClass) {
                    TypeSerializer<?> usual = InternalSerializers.create(type);
                    return usual.getClass() == kind.serializerClass ? kind : OTHER;
                }
            }
            return OTHER;
        }
    }

    private final boolean active =
            SerializationFeature.isActive(Thread.currentThread().getContextClassLoader());

    private final TypeSerializer<Object>[] serializers;
    private final RowData.FieldGetter[] getters;
    private final Kind[] kinds;
    private final int[] precisions;

    private final int[] shared;
    private final Class<?>[] sharedClasses;
    private final int[] strings;
    private final int[] others;

    /** Creates a copier for a serializer of rows, with its types, serializers and getters. */
    @SuppressWarnings("unchecked")
    public RowFieldCopier(
            LogicalType[] types, TypeSerializer<?>[] serializers, RowData.FieldGetter[] getters) {
        this.serializers = (TypeSerializer<Object>[]) serializers;
        this.getters = getters;
        kinds = new Kind[types.length];
        precisions = new int[types.length];
        for (int field = 0; field < types.length; field++) {
            kinds[field] = Kind.of(types[field], serializers[field]);
            if (kinds[field] == Kind.TIMESTAMP) {
                precisions[field] = LogicalTypeChecks.getPrecision(types[field]);
            }
        }
        strings = fields(field -> kinds[field] == Kind.STRING);
        others = fields(field -> kinds[field] == Kind.OTHER);
        shared = fields(field -> kinds[field].sharedClass != null);
        sharedClasses = new Class<?>[shared.length];
        Arrays.setAll(sharedClasses, i -> kinds[shared[i]].sharedClass);
    }

    private int[] fields(IntPredicate which) {
        return IntStream.range(0, kinds.length).filter(which).toArray();
    }

    /**
     * Copies all fields of a row.
     *
     * @return false if upstream's code has to copy the row from the start: always, if the feature
     *     {@code serialization} was not active for the job of the thread that created this copier
     */
    public boolean copy(RowData row, GenericRowData copy) {
        if (!active) {
            return false;
        }
        if (row instanceof GenericRowData) {
            return copyGeneric((GenericRowData) row, copy);
        }
        for (int field = 0; field < kinds.length; field++) {
            copy.setField(field, row.isNullAt(field) ? null : copyOf(row, field));
        }
        return true;
    }

    private Object copyOf(RowData row, int field) {
        switch (kinds[field]) {
            case BOOLEAN:
                return row.getBoolean(field);
            case BYTE:
                return row.getByte(field);
            case SHORT:
                return row.getShort(field);
            case INT:
                return row.getInt(field);
            case LONG:
                return row.getLong(field);
            case FLOAT:
                return row.getFloat(field);
            case DOUBLE:
                return row.getDouble(field);
            case TIMESTAMP:
                return row.getTimestamp(field, precisions[field]);
            case STRING:
                return copyOf((BinaryStringData) row.getString(field));
            default:
                return serializers[field].copy(getters[field].getFieldOrNull(row));
        }
    }

    /**
     * Copies one kind of field after the other, because this needs fewer decisions: see {@link
     * RowFieldWriter}.
     */
    private boolean copyGeneric(GenericRowData row, GenericRowData copy) {
        for (int i = 0; i < shared.length; i++) {
            int field = shared[i];
            Object value = row.getField(field);
            if (value != null && value.getClass() != sharedClasses[i]) {
                // An earlier field may be wrong as well: its exception has to be thrown.
                return false;
            }
            copy.setField(field, value);
        }
        for (int field : strings) {
            Object value = row.getField(field);
            if (value == null) {
                copy.setField(field, null);
            } else if (value instanceof BinaryStringData) {
                copy.setField(field, copyOf((BinaryStringData) value));
            } else {
                return false;
            }
        }
        for (int field : others) {
            copy.setField(
                    field,
                    row.isNullAt(field)
                            ? null
                            : serializers[field].copy(getters[field].getFieldOrNull(row)));
        }
        return true;
    }

    private static BinaryStringData copyOf(BinaryStringData string) {
        MemorySegment[] segments = string.getSegments();
        int start = string.getOffset();
        int end = start + string.getSizeInBytes();
        if (segments.length > 1 || segments[0].isOffHeap() || end > segments[0].size()) {
            return string.copy();
        }
        byte[] bytes = Arrays.copyOfRange(segments[0].getArray(), start, end);
        return new BinaryStringData(
                new MemorySegment[] {MemorySegmentFactory.wrap(bytes)},
                0,
                bytes.length,
                string.getJavaObject());
    }
}
