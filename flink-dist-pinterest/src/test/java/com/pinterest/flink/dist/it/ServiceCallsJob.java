// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import com.pinterest.flink.connector.service.ServiceCalls;
import com.pinterest.flink.connector.service.ServiceClient;
import com.pinterest.flink.connector.service.http.HttpService;
import com.pinterest.flink.connector.service.http.JsonFormat;
import com.pinterest.flink.connector.service.redis.RedisService;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Looks numbers up at an HTTP service and, if there is one, at Redis, and ends.
 *
 * <p>Arguments: the URL of the HTTP service; the URL of Redis, or nothing.
 */
public final class ServiceCallsJob {

    private static final int RECORDS = 500;

    private ServiceCallsJob() {}

    /** Runs; see the class comment. */
    public static void main(String[] arguments) throws Exception {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        ServiceClient<Long, String> http =
                ServiceClient.of(
                                "http",
                                HttpService.<Long, String>post(
                                                arguments[0], JsonFormat.array(String.class))
                                        .idempotent())
                        .withCache(100, Duration.ofHours(1), Duration.ofHours(1));
        DataStream<String> values =
                ServiceCalls.enrich(environment.fromSequence(1, RECORDS), http)
                        .by(number -> number)
                        .with((number, value) -> value, Types.STRING);
        if (arguments.length > 1) {
            values =
                    ServiceCalls.enrich(
                                    values,
                                    ServiceClient.of("redis", RedisService.strings(arguments[1])))
                            .by(value -> value)
                            .with((value, found) -> value + found, Types.STRING);
        }
        values.sinkTo(new DiscardingSink<>());
        environment.execute();
    }
}
