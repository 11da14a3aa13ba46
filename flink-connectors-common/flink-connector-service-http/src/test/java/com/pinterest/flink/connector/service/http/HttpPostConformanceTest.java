// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.http;

import com.pinterest.flink.connector.service.ServiceProtocol;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;

/** Calls of several keys by POST. */
final class HttpPostConformanceTest extends HttpConformance {

    @Override
    protected ServiceProtocol<String, Named> protocol(InetSocketAddress address) {
        return HttpService.post(
                        "http://localhost:" + address.getPort() + "/numbers",
                        JsonFormat.<String, Named>array(Named.class).withErrorField("error"))
                .idempotent();
    }

    @Override
    protected boolean failFor(Set<String> keys) {
        server.failFor(keys);
        return true;
    }

    @Override
    protected boolean throttleNextCall(Duration retryAfter) {
        server.reply(
                new NumberServer.Reply(429, Long.toString(retryAfter.toSeconds()), "slow down"));
        return true;
    }
}
