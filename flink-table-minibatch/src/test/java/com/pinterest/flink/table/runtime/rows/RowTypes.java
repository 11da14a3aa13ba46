// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.rows;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.table.catalog.ObjectIdentifier;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BinaryType;
import org.apache.flink.table.types.logical.BitmapType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.CharType;
import org.apache.flink.table.types.logical.DateType;
import org.apache.flink.table.types.logical.DayTimeIntervalType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DistinctType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.MultisetType;
import org.apache.flink.table.types.logical.RawType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.SmallIntType;
import org.apache.flink.table.types.logical.StructuredType;
import org.apache.flink.table.types.logical.StructuredType.StructuredAttribute;
import org.apache.flink.table.types.logical.TimeType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.TinyIntType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.flink.table.types.logical.VariantType;
import org.apache.flink.table.types.logical.YearMonthIntervalType;

/** Random types of fields: every root that a serializer of rows can be made for. */
final class RowTypes {

    static final int MAX_DEPTH = 2;

    private static final int MAX_TIMESTAMP_PRECISION = 9;

    private final Random random;

    RowTypes(Random random) {
        this.random = random;
    }

    /** Sometimes none, sometimes more than one word of null bits has room for. */
    LogicalType[] fields() {
        int most = random.nextInt(20) == 0 ? 150 : 15;
        return fields(random.nextInt(most), MAX_DEPTH);
    }

    private LogicalType[] fields(int number, int depth) {
        LogicalType[] types = new LogicalType[number];
        for (int field = 0; field < number; field++) {
            types[field] = any(depth);
        }
        return types;
    }

    private LogicalType any(int depth) {
        LogicalTypeRoot[] roots = LogicalTypeRoot.values();
        LogicalType type = null;
        while (type == null) {
            type = of(roots[random.nextInt(roots.length)], depth);
        }
        return type.copy(random.nextBoolean());
    }

    /**
     * A type of the root.
     *
     * @return null if there can be no field of it, or none at this depth
     */
    LogicalType of(LogicalTypeRoot root, int depth) {
        switch (root) {
            case CHAR:
                return new CharType(1 + random.nextInt(20));
            case VARCHAR:
                return VarCharType.STRING_TYPE;
            case BOOLEAN:
                return new BooleanType();
            case BINARY:
                return new BinaryType(1 + random.nextInt(20));
            case VARBINARY:
                return new VarBinaryType(VarBinaryType.MAX_LENGTH);
            case DECIMAL:
                int precision = 1 + random.nextInt(DecimalType.MAX_PRECISION);
                return new DecimalType(precision, random.nextInt(precision + 1));
            case TINYINT:
                return new TinyIntType();
            case SMALLINT:
                return new SmallIntType();
            case INTEGER:
                return new IntType();
            case BIGINT:
                return new BigIntType();
            case FLOAT:
                return new FloatType();
            case DOUBLE:
                return new DoubleType();
            case DATE:
                return new DateType();
            case TIME_WITHOUT_TIME_ZONE:
                return new TimeType(random.nextInt(MAX_TIMESTAMP_PRECISION + 1));
            case TIMESTAMP_WITHOUT_TIME_ZONE:
                return new TimestampType(random.nextInt(MAX_TIMESTAMP_PRECISION + 1));
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE:
                return new LocalZonedTimestampType(random.nextInt(MAX_TIMESTAMP_PRECISION + 1));
            case INTERVAL_YEAR_MONTH:
                return new YearMonthIntervalType(
                        YearMonthIntervalType.YearMonthResolution.YEAR_TO_MONTH);
            case INTERVAL_DAY_TIME:
                return new DayTimeIntervalType(DayTimeIntervalType.DayTimeResolution.DAY_TO_SECOND);
            case RAW:
                return new RawType<>(String.class, StringSerializer.INSTANCE);
            case VARIANT:
                return new VariantType();
            case BITMAP:
                return new BitmapType();
            default:
                return depth == 0 ? null : nested(root, depth - 1);
        }
    }

    private LogicalType nested(LogicalTypeRoot root, int depth) {
        switch (root) {
            case ARRAY:
                return new ArrayType(any(depth));
            case MULTISET:
                return new MultisetType(any(depth));
            case MAP:
                return new MapType(any(depth), any(depth));
            case ROW:
                return RowType.of(fields(random.nextInt(5), depth));
            case DISTINCT_TYPE:
                return DistinctType.newBuilder(ObjectIdentifier.of("c", "d", "t"), any(0)).build();
            case STRUCTURED_TYPE:
                List<StructuredAttribute> attributes = new ArrayList<>();
                for (LogicalType type : fields(1 + random.nextInt(4), depth)) {
                    attributes.add(new StructuredAttribute("a" + attributes.size(), type));
                }
                return StructuredType.newBuilder("some.Class").attributes(attributes).build();
            default:
                return null;
        }
    }
}
