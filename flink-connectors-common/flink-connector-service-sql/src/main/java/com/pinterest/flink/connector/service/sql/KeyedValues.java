// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.sql;

import com.pinterest.flink.connector.service.Answer;
import com.pinterest.flink.connector.service.ServiceConnection;
import com.pinterest.flink.connector.service.ServiceProtocol;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;

/**
 * Makes rows of a service whose values lack the primary key. If a join has conditions on other
 * columns as well, rows that do not meet them are absent.
 */
final class KeyedValues implements ServiceProtocol<RowData, List<RowData>> {

    private static final long serialVersionUID = 1;

    private final ServiceProtocol<RowData, RowData> service;
    private final RowType rowType;
    private final int primaryKey;
    private final int position;
    private final int[] keys;

    /**
     * Creates a protocol.
     *
     * @param primaryKey the column that values lack
     * @param position its place among the columns of a key
     * @param keys the columns of a key
     */
    KeyedValues(
            ServiceProtocol<RowData, RowData> service,
            RowType rowType,
            int primaryKey,
            int position,
            int[] keys) {
        this.service = service;
        this.rowType = rowType;
        this.primaryKey = primaryKey;
        this.position = position;
        this.keys = keys;
    }

    @Override
    public ServiceConnection<RowData, List<RowData>> connect(ClassLoader userCodeClassLoader)
            throws Exception {
        ServiceConnection<RowData, RowData> connection = service.connect(userCodeClassLoader);
        RowData.FieldGetter[] getters = new RowData.FieldGetter[rowType.getFieldCount()];
        for (int column = 0; column < getters.length; column++) {
            if (column != primaryKey) {
                getters[column] =
                        RowData.createFieldGetter(
                                rowType.getTypeAt(column),
                                column < primaryKey ? column : column - 1);
            }
        }
        return new ServiceConnection<>() {
            @Override
            public CompletableFuture<List<Answer<List<RowData>>>> call(
                    List<RowData> keysOfCall, Duration timeout) {
                return new Rows(connection.call(keysOfCall, timeout), keysOfCall, getters);
            }

            @Override
            public void close() throws IOException {
                connection.close();
            }
        };
    }

    /** The answers of a call; it is cancelled with them. */
    private final class Rows extends CompletableFuture<List<Answer<List<RowData>>>> {

        private final CompletableFuture<List<Answer<RowData>>> values;

        @SuppressWarnings("FutureReturnValueIgnored") // This is completed by the handler.
        Rows(
                CompletableFuture<List<Answer<RowData>>> values,
                List<RowData> keysOfCall,
                RowData.FieldGetter[] getters) {
            this.values = values;
            values.whenComplete(
                    (answers, error) -> {
                        try {
                            if (error == null) {
                                complete(rows(keysOfCall, answers, getters));
                            } else {
                                completeExceptionally(error);
                            }
                        } catch (RuntimeException e) {
                            completeExceptionally(e);
                        }
                    });
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            values.cancel(mayInterruptIfRunning);
            return super.cancel(mayInterruptIfRunning);
        }
    }

    private List<Answer<List<RowData>>> rows(
            List<RowData> keysOfCall,
            List<Answer<RowData>> answers,
            RowData.FieldGetter[] getters) {
        List<Answer<List<RowData>>> rows = new ArrayList<>(answers.size());
        for (int i = 0; i < answers.size(); i++) {
            Answer<RowData> answer = answers.get(i);
            if (answer.failure() != null) {
                rows.add(Answer.failed(answer.failure()));
            } else if (answer.value() == null) {
                rows.add(Answer.absent());
            } else {
                rows.add(row((GenericRowData) keysOfCall.get(i), answer.value(), getters));
            }
        }
        return List.copyOf(rows);
    }

    private Answer<List<RowData>> row(
            GenericRowData key, RowData value, RowData.FieldGetter[] getters) {
        GenericRowData row = new GenericRowData(getters.length);
        for (int column = 0; column < getters.length; column++) {
            row.setField(
                    column,
                    column == primaryKey
                            ? key.getField(position)
                            : getters[column].getFieldOrNull(value));
        }
        for (int i = 0; i < keys.length; i++) {
            if (!Objects.equals(key.getField(i), row.getField(keys[i]))) {
                return Answer.absent();
            }
        }
        return Answer.of(List.of(row));
    }

    @Override
    public boolean isIdempotent() {
        return service.isIdempotent();
    }

    @Override
    public int maxBatchSize() {
        return service.maxBatchSize();
    }

    @Override
    public int maxConcurrency() {
        return service.maxConcurrency();
    }

    @Override
    public String settings() {
        return service.settings();
    }
}
