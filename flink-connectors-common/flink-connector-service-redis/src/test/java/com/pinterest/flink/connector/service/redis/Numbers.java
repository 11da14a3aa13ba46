// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.pinterest.flink.connector.service.testkit.RedisServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A Redis server that knows even numbers. */
final class Numbers {

    private Numbers() {}

    /** Starts it, or skips the test if Redis is not installed. */
    static RedisServer start() throws IOException {
        assumeThat(RedisServer.isAvailable()).as("Redis is installed").isTrue();
        RedisServer server = new RedisServer();
        fill(server);
        return server;
    }

    static void fill(RedisServer server) throws IOException {
        List<String> command = new ArrayList<>(List.of("MSET"));
        for (int number = 0; number < 3000; number += 2) {
            command.add("number:" + number);
            command.add("value " + number);
        }
        assertThat(server.execute(command.toArray(String[]::new))).isEqualTo("+OK");
    }
}
