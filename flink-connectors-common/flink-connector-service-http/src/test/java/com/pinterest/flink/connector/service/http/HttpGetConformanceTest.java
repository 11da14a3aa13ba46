// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.http;

import com.pinterest.flink.connector.service.ServiceProtocol;
import java.net.InetSocketAddress;
import java.time.Duration;

/** Calls of one key by GET. */
final class HttpGetConformanceTest extends HttpConformance {

    @Override
    protected ServiceProtocol<String, Named> protocol(InetSocketAddress address) {
        return HttpService.get(
                "http://localhost:" + address.getPort() + "/numbers/{key}",
                JsonFormat.value(Named.class));
    }

    @Override
    protected boolean throttleNextCall(Duration retryAfter) {
        server.reply(new NumberServer.Reply(503, Long.toString(retryAfter.toSeconds()), ""));
        return true;
    }
}
