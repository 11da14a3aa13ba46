// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.connector.service.Answer;
import com.pinterest.flink.connector.service.ServiceConnection;
import com.pinterest.flink.connector.service.ServiceException;
import com.pinterest.flink.connector.service.ServiceException.Kind;
import com.pinterest.flink.connector.service.ServiceProtocol;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Calls of a service without a client: one call by a connection of its own, never repeated. */
public final class DirectCalls {

    private DirectCalls() {}

    /** Calls for keys and returns their answers, or fails as the call does. */
    public static <K, V> List<Answer<V>> call(ServiceProtocol<K, V> protocol, List<K> keys)
            throws Exception {
        try (ServiceConnection<K, V> connection =
                protocol.connect(DirectCalls.class.getClassLoader())) {
            return connection.call(keys, Duration.ofMinutes(1)).get(1, TimeUnit.MINUTES);
        }
    }

    /** Fails unless a call for a key fails as expected. */
    public static <K> void requireFailure(
            ServiceProtocol<K, ?> protocol, K key, Kind kind, String message) {
        assertThatThrownBy(() -> call(protocol, List.of(key)))
                .cause()
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(message);
    }
}
