// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.sql;

import java.io.Serializable;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import javax.annotation.Nullable;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.LogicalType;

/** Converts the values of a column between JDBC and Flink's internal form. Immutable. */
final class JdbcColumn implements Serializable {

    private static final long serialVersionUID = 1;

    private final LogicalType type;
    private final int index;

    /**
     * Creates a column.
     *
     * @param position its place in the query, from 0 on
     * @throws ValidationException if the type is not supported
     */
    JdbcColumn(String name, LogicalType type, int position) {
        this.type = type;
        this.index = position + 1;
        switch (type.getTypeRoot()) {
            case BOOLEAN:
            case TINYINT:
            case SMALLINT:
            case INTEGER:
            case BIGINT:
            case FLOAT:
            case DOUBLE:
            case DECIMAL:
            case CHAR:
            case VARCHAR:
            case BINARY:
            case VARBINARY:
            case DATE:
            case TIME_WITHOUT_TIME_ZONE:
            case TIMESTAMP_WITHOUT_TIME_ZONE:
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE:
                return;
            default:
                throw new ValidationException(
                        String.format(
                                "Column %s cannot be read from a database: its type is %s",
                                name, type.asSummaryString()));
        }
    }

    /** Reads the column of the current row. */
    @Nullable
    Object read(ResultSet row) throws SQLException {
        Object value = readNotNull(row);
        return row.wasNull() ? null : value;
    }

    @Nullable
    private Object readNotNull(ResultSet row) throws SQLException {
        switch (type.getTypeRoot()) {
            case BOOLEAN:
                return row.getBoolean(index);
            case TINYINT:
                return row.getByte(index);
            case SMALLINT:
                return row.getShort(index);
            case INTEGER:
                return row.getInt(index);
            case BIGINT:
                return row.getLong(index);
            case FLOAT:
                return row.getFloat(index);
            case DOUBLE:
                return row.getDouble(index);
            case DECIMAL:
                return decimal(row.getBigDecimal(index));
            case BINARY:
            case VARBINARY:
                return row.getBytes(index);
            case DATE:
                LocalDate date = row.getObject(index, LocalDate.class);
                return date == null ? null : (int) date.toEpochDay();
            case TIME_WITHOUT_TIME_ZONE:
                LocalTime time = row.getObject(index, LocalTime.class);
                return time == null
                        ? null
                        : (int) TimeUnit.NANOSECONDS.toMillis(time.toNanoOfDay());
            case TIMESTAMP_WITHOUT_TIME_ZONE:
                LocalDateTime timestamp = row.getObject(index, LocalDateTime.class);
                return timestamp == null ? null : TimestampData.fromLocalDateTime(timestamp);
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE:
                OffsetDateTime instant = row.getObject(index, OffsetDateTime.class);
                return instant == null ? null : TimestampData.fromInstant(instant.toInstant());
            default:
                return StringData.fromString(row.getString(index));
        }
    }

    @Nullable
    private Object decimal(@Nullable BigDecimal value) throws SQLException {
        if (value == null) {
            return null;
        }
        DecimalType decimalType = (DecimalType) type;
        DecimalData decimal =
                DecimalData.fromBigDecimal(
                        value, decimalType.getPrecision(), decimalType.getScale());
        if (decimal == null) {
            // With a state that counts as permanent: numeric value out of range.
            throw new SQLException(value + " is not a " + type.asSummaryString(), "22003");
        }
        return decimal;
    }

    /** The parameter of a query for a value that is not null. */
    Object parameter(Object value) {
        switch (type.getTypeRoot()) {
            case DECIMAL:
                return ((DecimalData) value).toBigDecimal();
            case DATE:
                return LocalDate.ofEpochDay((Integer) value);
            case TIME_WITHOUT_TIME_ZONE:
                return LocalTime.ofNanoOfDay(TimeUnit.MILLISECONDS.toNanos((Integer) value));
            case TIMESTAMP_WITHOUT_TIME_ZONE:
                return ((TimestampData) value).toLocalDateTime();
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE:
                return ((TimestampData) value).toInstant().atOffset(ZoneOffset.UTC);
            case CHAR:
            case VARCHAR:
                return value.toString();
            default:
                return value;
        }
    }
}
