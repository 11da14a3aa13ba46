// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.rows;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Random;
import org.apache.flink.table.data.BoxedWrapperRowData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.data.UpdatableRowData;
import org.apache.flink.table.data.columnar.ColumnarRowData;
import org.apache.flink.table.data.columnar.vector.ColumnVector;
import org.apache.flink.table.data.columnar.vector.VectorizedColumnBatch;
import org.apache.flink.table.data.columnar.vector.heap.AbstractHeapVector;
import org.apache.flink.table.data.columnar.vector.heap.HeapBooleanVector;
import org.apache.flink.table.data.columnar.vector.heap.HeapByteVector;
import org.apache.flink.table.data.columnar.vector.heap.HeapBytesVector;
import org.apache.flink.table.data.columnar.vector.heap.HeapDoubleVector;
import org.apache.flink.table.data.columnar.vector.heap.HeapFloatVector;
import org.apache.flink.table.data.columnar.vector.heap.HeapIntVector;
import org.apache.flink.table.data.columnar.vector.heap.HeapLongVector;
import org.apache.flink.table.data.columnar.vector.heap.HeapShortVector;
import org.apache.flink.table.data.columnar.vector.heap.HeapTimestampVector;
import org.apache.flink.table.data.utils.JoinedRowData;
import org.apache.flink.table.data.utils.ProjectedRowData;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/** Random rows of all the classes that operators and sources hand to a serializer. */
final class RowForms {

    private final Random random;
    private final RowValues values;

    RowForms(Random random) {
        this.random = random;
        values = new RowValues(random);
    }

    /** A row that can be written, unless a type in it cannot. */
    RowData any(LogicalType... types) {
        switch (random.nextInt(11)) {
            case 0:
                return joined(types);
            case 1:
                return projected(types);
            case 2:
                return updatable(types);
            case 3:
                return binary(types);
            case 4:
                return nested(types);
            case 5:
                return columnar(types);
            case 6:
                return boxed(types);
            default:
                return values.row(types);
        }
    }

    /** A row with something wrong about it. */
    RowData faulty(LogicalType... types) {
        GenericRowData row = values.row(types);
        int fields = types.length;
        switch (fields == 0 ? 0 : random.nextInt(5)) {
            case 0:
                return new GenericRowData(null, fields);
            case 1:
                return values.row(Arrays.copyOf(types, random.nextInt(fields)));
            case 2:
                return withoutNulls(row);
            default:
                for (int i = random.nextInt(3); i >= 0; i--) {
                    row.setField(random.nextInt(fields), values.wrong());
                }
                return random.nextInt(3) == 0 ? new JoinedRowData(row, new GenericRowData(0)) : row;
        }
    }

    /** Says that it has no nulls, and gives them all the same. */
    private static RowData withoutNulls(RowData row) {
        return (RowData)
                Proxy.newProxyInstance(
                        RowData.class.getClassLoader(),
                        new Class<?>[] {RowData.class},
                        (proxy, method, arguments) -> {
                            try {
                                return method.getName().equals("isNullAt")
                                        ? false
                                        : method.invoke(row, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    private RowData joined(LogicalType... types) {
        int left = random.nextInt(types.length + 1);
        if (random.nextBoolean()) {
            return new JoinedRowData(
                    values.kind(),
                    binary(Arrays.copyOf(types, left)),
                    binary(Arrays.copyOfRange(types, left, types.length)));
        }
        GenericRowData row = values.row(types);
        GenericRowData first = new GenericRowData(left);
        GenericRowData second = new GenericRowData(types.length - left);
        for (int field = 0; field < types.length; field++) {
            if (field < left) {
                first.setField(field, row.getField(field));
            } else {
                second.setField(field - left, row.getField(field));
            }
        }
        return new JoinedRowData(values.kind(), first, second);
    }

    private RowData projected(LogicalType... types) {
        GenericRowData row = values.row(types);
        int shift = random.nextInt(types.length + 1);
        GenericRowData shifted = new GenericRowData(row.getRowKind(), types.length);
        int[] places = new int[types.length];
        for (int field = 0; field < types.length; field++) {
            places[field] = (field + shift) % types.length;
            shifted.setField(places[field], row.getField(field));
        }
        return ProjectedRowData.from(places).replaceRow(shifted);
    }

    /** As generated calculations emit them. */
    private RowData boxed(LogicalType... types) {
        GenericRowData row = values.row(types);
        BoxedWrapperRowData boxed = new BoxedWrapperRowData(types.length);
        boxed.setRowKind(row.getRowKind());
        for (int field = 0; field < types.length; field++) {
            Object value = row.getField(field);
            if (value == null) {
                boxed.setNullAt(field);
            } else if (value instanceof Boolean) {
                boxed.setBoolean(field, (Boolean) value);
            } else if (value instanceof Byte) {
                boxed.setByte(field, (Byte) value);
            } else if (value instanceof Short) {
                boxed.setShort(field, (Short) value);
            } else if (value instanceof Integer) {
                boxed.setInt(field, (Integer) value);
            } else if (value instanceof Long) {
                boxed.setLong(field, (Long) value);
            } else if (value instanceof Float) {
                boxed.setFloat(field, (Float) value);
            } else if (value instanceof Double) {
                boxed.setDouble(field, (Double) value);
            } else {
                boxed.setNonPrimitiveValue(field, value);
            }
        }
        return boxed;
    }

    private RowData updatable(LogicalType... types) {
        UpdatableRowData row = new UpdatableRowData(values.row(types), types.length);
        GenericRowData updates = values.row(types);
        for (int field = 0; field < types.length; field++) {
            if (random.nextBoolean()) {
                row.setField(field, updates.getField(field));
            }
        }
        return row;
    }

    /** A binary row where upstream can make one, else a generic one. */
    private RowData binary(LogicalType... types) {
        GenericRowData row = values.row(types);
        try {
            return Serializers.upstreams(types).toBinaryRow(row, false);
        } catch (RuntimeException e) {
            return row;
        }
    }

    /** A part of a binary row where upstream can make one, else a generic one. */
    private RowData nested(LogicalType... types) {
        GenericRowData outer = GenericRowData.of(values.row(types));
        try {
            return Serializers.upstreams(RowType.of(types))
                    .toBinaryRow(outer, false)
                    .getRow(0, types.length);
        } catch (RuntimeException e) {
            return outer.getRow(0, types.length);
        }
    }

    /** A row of a batch where that has columns for all types, else a generic one. */
    private RowData columnar(LogicalType... types) {
        GenericRowData row = values.row(types);
        ColumnVector[] columns = new ColumnVector[types.length];
        for (int field = 0; field < types.length; field++) {
            AbstractHeapVector column = column(types[field], row, field);
            if (column == null) {
                return row;
            }
            if (row.isNullAt(field)) {
                column.setNullAt(0);
            }
            columns[field] = column;
        }
        ColumnarRowData columnar = new ColumnarRowData(new VectorizedColumnBatch(columns));
        columnar.setRowKind(row.getRowKind());
        return columnar;
    }

    /** A column of one value; null if there is none for the type. */
    private static AbstractHeapVector column(LogicalType type, GenericRowData row, int field) {
        boolean isNull = row.isNullAt(field);
        switch (type.getTypeRoot()) {
            case CHAR:
            case VARCHAR:
                StringData string = isNull ? StringData.fromString("") : row.getString(field);
                return bytes(string.toBytes());
            case BINARY:
            case VARBINARY:
                return bytes(isNull ? new byte[0] : row.getBinary(field));
            case BOOLEAN:
                HeapBooleanVector booleans = new HeapBooleanVector(1);
                booleans.vector[0] = !isNull && row.getBoolean(field);
                return booleans;
            case TINYINT:
                HeapByteVector tiny = new HeapByteVector(1);
                tiny.vector[0] = isNull ? 1 : row.getByte(field);
                return tiny;
            case SMALLINT:
                HeapShortVector small = new HeapShortVector(1);
                small.vector[0] = isNull ? 1 : row.getShort(field);
                return small;
            case INTEGER:
            case DATE:
            case TIME_WITHOUT_TIME_ZONE:
            case INTERVAL_YEAR_MONTH:
                HeapIntVector ints = new HeapIntVector(1);
                ints.vector[0] = isNull ? 1 : row.getInt(field);
                return ints;
            case BIGINT:
            case INTERVAL_DAY_TIME:
                HeapLongVector longs = new HeapLongVector(1);
                longs.vector[0] = isNull ? 1 : row.getLong(field);
                return longs;
            case FLOAT:
                HeapFloatVector floats = new HeapFloatVector(1);
                floats.vector[0] = isNull ? 1 : row.getFloat(field);
                return floats;
            case DOUBLE:
                HeapDoubleVector doubles = new HeapDoubleVector(1);
                doubles.vector[0] = isNull ? 1 : row.getDouble(field);
                return doubles;
            case TIMESTAMP_WITHOUT_TIME_ZONE:
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE:
                HeapTimestampVector timestamps = new HeapTimestampVector(1);
                timestamps.setTimestamp(
                        0, isNull ? TimestampData.fromEpochMillis(1) : row.getTimestamp(field, 9));
                return timestamps;
            default:
                return null;
        }
    }

    /** With bytes of another value before those of this one. */
    private static HeapBytesVector bytes(byte[] value) {
        HeapBytesVector column = new HeapBytesVector(2);
        column.appendBytes(1, new byte[] {1, 2, 3}, 0, 3);
        column.appendBytes(0, value, 0, value.length);
        return column;
    }
}
