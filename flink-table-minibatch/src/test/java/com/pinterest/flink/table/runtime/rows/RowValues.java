// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.rows;

import com.pinterest.flink.table.runtime.minibatch.Rows;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.flink.core.memory.MemorySegment;
import org.apache.flink.core.memory.MemorySegmentFactory;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RawValueData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.data.binary.BinaryStringData;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DistinctType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;
import org.apache.flink.types.RowKind;
import org.apache.flink.types.bitmap.Bitmap;
import org.apache.flink.types.variant.Variant;

/** Random values in Flink's internal form; the same ones for the same state of the generator. */
final class RowValues {

    private static final String[] ALPHABETS = {
        "abcdefgh01", "aäöü", "дом", "中文", "a\0\u007f\u0080"
    };
    private static final int NANOS_OF_MILLISECOND = 1_000_000;

    private final Random random;

    RowValues(Random random) {
        this.random = random;
    }

    GenericRowData row(LogicalType... types) {
        GenericRowData row = new GenericRowData(kind(), types.length);
        int oneNullIn = 1 + random.nextInt(10);
        for (int field = 0; field < types.length; field++) {
            row.setField(field, random.nextInt(oneNullIn) == 0 ? null : value(types[field]));
        }
        return row;
    }

    RowKind kind() {
        return Rows.oneOf(random, RowKind.values());
    }

    /** A value that none of the types has, or not all. */
    Object wrong() {
        switch (random.nextInt(8)) {
            case 0:
                return "text";
            case 1:
                return 1;
            case 2:
                return 1L;
            case 3:
                return DecimalData.fromUnscaledLong(5, 3, 0);
            case 4:
                return new GenericRowData(1);
            case 5:
                return new byte[3];
            case 6:
                return new ForeignString();
            default:
                return TimestampData.fromEpochMillis(-1);
        }
    }

    /** Not null. */
    Object value(LogicalType type) {
        switch (type.getTypeRoot()) {
            case CHAR:
            case VARCHAR:
                return string();
            case BOOLEAN:
                return random.nextBoolean();
            case BINARY:
            case VARBINARY:
                return bytes();
            case DECIMAL:
                return decimal((DecimalType) type);
            case TINYINT:
                return (byte) random.nextInt();
            case SMALLINT:
                return (short) random.nextInt();
            case INTEGER:
            case DATE:
            case TIME_WITHOUT_TIME_ZONE:
            case INTERVAL_YEAR_MONTH:
                return random.nextInt() >> random.nextInt(32);
            case BIGINT:
            case INTERVAL_DAY_TIME:
                return random.nextLong() >> random.nextInt(64);
            case FLOAT:
                return random.nextInt(5) == 0 ? Float.NaN : random.nextFloat();
            case DOUBLE:
                return random.nextInt(5) == 0 ? -0.0 : random.nextDouble();
            case TIMESTAMP_WITHOUT_TIME_ZONE:
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE:
                return TimestampData.fromEpochMillis(
                        random.nextLong() >> 16, random.nextInt(NANOS_OF_MILLISECOND));
            case ARRAY:
                return array(type.getChildren().get(0));
            case MULTISET:
                return map(type.getChildren().get(0), null);
            case MAP:
                return map(((MapType) type).getKeyType(), ((MapType) type).getValueType());
            case ROW:
            case STRUCTURED_TYPE:
                LogicalType[] fields =
                        LogicalTypeChecks.getFieldTypes(type).toArray(new LogicalType[0]);
                return new RowForms(random).any(fields);
            case DISTINCT_TYPE:
                return value(((DistinctType) type).getSourceType());
            case RAW:
                return random.nextBoolean()
                        ? RawValueData.fromObject(text())
                        : RawValueData.fromBytes(bytes());
            case VARIANT:
                return Variant.newBuilder().of(random.nextLong());
            case BITMAP:
                return Bitmap.fromArray(random.ints(random.nextInt(9), 0, 99).toArray());
            default:
                throw new IllegalArgumentException(type.toString());
        }
    }

    private DecimalData decimal(DecimalType type) {
        int precision = 1 + random.nextInt(type.getPrecision());
        BigInteger limit = BigInteger.TEN.pow(precision);
        BigInteger unscaled = new BigInteger(limit.bitLength() + 8, random).mod(limit);
        BigDecimal value =
                new BigDecimal(
                        random.nextBoolean() ? unscaled : unscaled.negate(), type.getScale());
        return DecimalData.fromBigDecimal(value, type.getPrecision(), type.getScale());
    }

    private GenericArrayData array(LogicalType type) {
        Object[] elements = new Object[random.nextInt(4)];
        Arrays.setAll(elements, i -> random.nextInt(4) == 0 ? null : value(type));
        return new GenericArrayData(elements);
    }

    /** With counts as values if these have no type. */
    private GenericMapData map(LogicalType keys, LogicalType values) {
        List<Map.Entry<Object, Object>> entries = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            Object value = values == null ? (Object) random.nextInt() : value(values);
            entries.add(new AbstractMap.SimpleEntry<>(value(keys), value));
        }
        return new GenericMapData(new EntryMap(entries));
    }

    /** A map that keeps an order, and whose keys need no hash code. */
    private static final class EntryMap extends AbstractMap<Object, Object> {

        private final List<Map.Entry<Object, Object>> entries;

        EntryMap(List<Map.Entry<Object, Object>> entries) {
            this.entries = entries;
        }

        @Override
        public Set<Map.Entry<Object, Object>> entrySet() {
            return new AbstractSet<>() {
                @Override
                public Iterator<Map.Entry<Object, Object>> iterator() {
                    return entries.iterator();
                }

                @Override
                public int size() {
                    return entries.size();
                }
            };
        }
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(3) == 0 ? random.nextInt(99) : random.nextInt(10)];
        random.nextBytes(bytes);
        return bytes;
    }

    private String text() {
        String alphabet = ALPHABETS[random.nextInt(ALPHABETS.length)];
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(random.nextInt(3) == 0 ? 99 : 10); i > 0; i--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    private StringData string() {
        String text = text();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        switch (random.nextInt(4)) {
            case 0:
                return StringData.fromBytes(bytes);
            case 1:
                int offset = 1 + random.nextInt(40);
                byte[] padded = new byte[offset + bytes.length + random.nextInt(9)];
                random.nextBytes(padded);
                System.arraycopy(bytes, 0, padded, offset, bytes.length);
                return random.nextBoolean()
                        ? StringData.fromBytes(padded, offset, bytes.length)
                        : inPages(padded, offset, bytes.length);
            default:
                return StringData.fromString(text);
        }
    }

    /** As strings of rows are that were mapped from a sorter's memory. */
    private StringData inPages(byte[] bytes, int offset, int length) {
        int size = random.nextBoolean() ? 8 : 64;
        MemorySegment[] pages = new MemorySegment[(bytes.length + size - 1) / size];
        for (int page = 0; page < pages.length; page++) {
            pages[page] =
                    random.nextBoolean()
                            ? MemorySegmentFactory.allocateUnpooledSegment(size)
                            : MemorySegmentFactory.allocateUnpooledOffHeapMemory(size);
            int from = page * size;
            pages[page].put(0, bytes, from, Math.min(size, bytes.length - from));
        }
        return BinaryStringData.fromAddress(pages, offset, length);
    }

    /** A string that is not of the one class that upstream's code expects. */
    private static final class ForeignString implements StringData {

        @Override
        public byte[] toBytes() {
            return new byte[0];
        }

        @Override
        public int compareTo(StringData other) {
            return 0;
        }
    }
}
