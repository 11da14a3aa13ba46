// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.sql;

import com.pinterest.flink.connector.service.ServiceProtocol;
import com.pinterest.flink.connector.service.redis.RedisService;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import javax.annotation.Nullable;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.Projection;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.source.LookupTableSource.LookupContext;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeFamily;
import org.apache.flink.table.types.logical.RowType;

/**
 * A table in Redis: the primary key is the name of a key of Redis, whose value has the other
 * columns in a format of Flink.
 */
final class RedisRows implements RowProtocol {

    private final String url;
    private final String keyPrefix;
    @Nullable private final String user;
    @Nullable private final String password;
    private final DecodingFormat<DeserializationSchema<RowData>> format;
    private final DataType rowType;
    private final int primaryKey;

    RedisRows(
            String url,
            String keyPrefix,
            @Nullable String user,
            @Nullable String password,
            DecodingFormat<DeserializationSchema<RowData>> format,
            DataType rowType,
            int[] primaryKey) {
        this.url = url;
        this.keyPrefix = keyPrefix;
        this.user = user;
        this.password = password;
        this.format = format;
        this.rowType = rowType;
        if (user != null && password == null) {
            throw new ValidationException("The option 'username' needs the option 'password'");
        }
        if (primaryKey.length != 1) {
            throw new ValidationException(
                    "A table in Redis needs a primary key of one column: PRIMARY KEY (...) NOT"
                            + " ENFORCED");
        }
        this.primaryKey = primaryKey[0];
        LogicalType type = rowType.getLogicalType().getChildren().get(this.primaryKey);
        if (!type.is(LogicalTypeFamily.CHARACTER_STRING)
                && !type.is(LogicalTypeFamily.INTEGER_NUMERIC)) {
            throw new ValidationException(
                    String.format(
                            "The primary key %s of a table in Redis must be a string or an integer,"
                                    + " not %s",
                            DataType.getFieldNames(rowType).get(this.primaryKey),
                            type.asSummaryString()));
        }
    }

    @Override
    public ServiceProtocol<RowData, List<RowData>> create(LookupContext context, int[] keys) {
        int position =
                IntStream.range(0, keys.length)
                        .filter(i -> keys[i] == primaryKey)
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new ValidationException(
                                                "A table in Redis can only be joined by its primary"
                                                        + " key "
                                                        + DataType.getFieldNames(rowType)
                                                                .get(primaryKey)));
        int[] others =
                IntStream.range(0, DataType.getFieldCount(rowType))
                        .filter(column -> column != primaryKey)
                        .toArray();
        RedisService<RowData, RowData> service =
                RedisService.of(
                                url,
                                new RedisKey(position),
                                format.createRuntimeDecoder(
                                        context, Projection.of(others).project(rowType)))
                        .withKeyPrefix(keyPrefix);
        if (password != null) {
            service = service.withCredentials(user, password);
        }
        return new KeyedValues(
                service, (RowType) rowType.getLogicalType(), primaryKey, position, keys);
    }

    /** Writes the name of a key. */
    private static final class RedisKey implements SerializationSchema<RowData> {

        private static final long serialVersionUID = 1;

        private final int position;

        RedisKey(int position) {
            this.position = position;
        }

        @Override
        public byte[] serialize(RowData key) {
            return ((GenericRowData) key)
                    .getField(position)
                    .toString()
                    .getBytes(StandardCharsets.UTF_8);
        }
    }
}
