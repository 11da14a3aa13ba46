// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.runtime.minibatch.oracle;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Random;
import javax.annotation.Nullable;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * A type of columns, with values from a small domain: each value stands for a small number, so that
 * values are often equal. Sums of all of them are exact in any order.
 */
enum ColumnType {
    INT("INT", true),
    BIGINT("BIGINT", true),
    DOUBLE("DOUBLE", true),
    DECIMAL("DECIMAL(10, 2)", true),
    STRING("STRING", false),
    BOOLEAN("BOOLEAN", false),
    DATE("DATE", false),
    TIMESTAMP("TIMESTAMP(3)", false);

    private static final LocalDate FIRST_DAY = LocalDate.of(2024, 1, 1);

    private final String sql;
    private final boolean isNumber;

    ColumnType(String sql, boolean isNumber) {
        this.sql = sql;
        this.isNumber = isNumber;
    }

    String sql() {
        return sql;
    }

    boolean isNumber() {
        return isNumber;
    }

    /** A type of values that keys and groups may have. */
    static ColumnType any(Random random) {
        ColumnType[] types = {INT, INT, BIGINT, DOUBLE, DECIMAL, STRING, STRING, BOOLEAN, DATE};
        return types[random.nextInt(types.length)];
    }

    /** The type of values of the planner's type; null if it is none of these. */
    @Nullable
    static ColumnType of(LogicalType type) {
        switch (type.getTypeRoot()) {
            case INTEGER:
                return INT;
            case BIGINT:
                return BIGINT;
            case DOUBLE:
                return DOUBLE;
            case DECIMAL:
                return DECIMAL;
            case CHAR:
            case VARCHAR:
                return STRING;
            case BOOLEAN:
                return BOOLEAN;
            case DATE:
                return DATE;
            case TIMESTAMP_WITHOUT_TIME_ZONE:
                return TIMESTAMP;
            default:
                return null;
        }
    }

    /** The value that stands for a number, as the planner's code has it. */
    Object value(int number) {
        switch (this) {
            case INT:
                return number;
            case BIGINT:
                return (long) number;
            case DOUBLE:
                return (double) number;
            case DECIMAL:
                return DecimalData.fromBigDecimal(BigDecimal.valueOf(number), 10, 2);
            case STRING:
                return StringData.fromString(text(number));
            case BOOLEAN:
                return number % 2 == 1;
            case DATE:
                return (int) FIRST_DAY.plusDays(number).toEpochDay();
            default:
                return TimestampData.fromLocalDateTime(
                        FIRST_DAY.atStartOfDay().plusSeconds(number));
        }
    }

    /** The same value in SQL. */
    String literal(int number) {
        switch (this) {
            case DOUBLE:
                return "CAST(" + number + " AS DOUBLE)";
            case STRING:
                return "'" + text(number) + "'";
            case BOOLEAN:
                return number % 2 == 1 ? "TRUE" : "FALSE";
            case DATE:
                return "DATE '" + FIRST_DAY.plusDays(number) + "'";
            default:
                return Integer.toString(number);
        }
    }

    /** Texts of up to seven bytes are part of a binary row, longer ones stand behind it. */
    private static String text(int number) {
        return number % 2 == 0 ? "s" + number : "a longer text " + number;
    }
}
