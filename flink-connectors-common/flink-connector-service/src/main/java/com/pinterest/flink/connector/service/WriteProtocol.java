// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A protocol that writes records: the keys of its calls are writes. */
final class WriteProtocol<T, V> implements ServiceProtocol<Write<T>, V> {

    private static final long serialVersionUID = 1;

    private final ServiceProtocol<T, V> protocol;

    WriteProtocol(ServiceProtocol<T, V> protocol) {
        this.protocol = protocol;
    }

    @Override
    public ServiceConnection<Write<T>, V> connect(ClassLoader userCodeClassLoader)
            throws Exception {
        ServiceConnection<T, V> connection = protocol.connect(userCodeClassLoader);
        return new ServiceConnection<>() {
            @Override
            public CompletableFuture<List<Answer<V>>> call(
                    List<Write<T>> writes, Duration timeout) {
                List<T> records = new ArrayList<>(writes.size());
                for (Write<T> write : writes) {
                    records.add(write.record);
                }
                return connection.call(records, timeout);
            }

            @Override
            public void close() throws IOException {
                connection.close();
            }
        };
    }

    @Override
    public boolean isIdempotent() {
        return protocol.isIdempotent();
    }

    @Override
    public int maxBatchSize() {
        return protocol.maxBatchSize();
    }

    @Override
    public int maxConcurrency() {
        return protocol.maxConcurrency();
    }

    @Override
    public String settings() {
        return protocol.settings();
    }
}
