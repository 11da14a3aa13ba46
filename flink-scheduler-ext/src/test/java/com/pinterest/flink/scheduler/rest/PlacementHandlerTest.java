// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.runtime.placement.PlacementOptions;
import com.pinterest.flink.scheduler.explain.LastPlacements;
import com.pinterest.flink.scheduler.explain.PlacementDocument;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.rest.util.RestMapperUtils;
import org.apache.flink.shaded.netty4.io.netty.buffer.ByteBuf;
import org.apache.flink.shaded.netty4.io.netty.channel.embedded.EmbeddedChannel;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.DefaultFullHttpRequest;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpMethod;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpResponse;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests for placements are answered, and all others passed on. */
class PlacementHandlerTest {

    private final JobID job = new JobID();
    private final EmbeddedChannel channel =
            new EmbeddedChannel(new PlacementHandler(Map.of("X-Test", "yes")));

    @ParameterizedTest
    @ValueSource(strings = {"/jobs/%s/placement", "/v1/jobs/%s/placement?x=1"})
    void answersWithTheDocument(String path) {
        PlacementDocument document =
                PlacementDocument.of(
                        RestMapperUtils.getStrictObjectMapper()
                                .createObjectNode()
                                .put("job-name", "flights"));
        LastPlacements.put(job, document);

        DefaultFullHttpRequest request = request(HttpMethod.GET, String.format(path, job));
        channel.writeInbound(request);

        assertThat(status()).isEqualTo(200);
        assertThat(body()).isEqualTo("{\"job-name\":\"flights\"}");
        Object passedOn = channel.readInbound();
        assertThat(passedOn).isNull();
        assertThat(request.refCnt()).isZero();
    }

    @Test
    void saysWhyThereIsNone() {
        channel.writeInbound(request(HttpMethod.GET, "/jobs/" + job + "/placement"));

        assertThat(status()).isEqualTo(404);
        assertThat(body()).contains("errors", "has not placed job " + job);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /jobs/%s",
        "GET, /jobs/%s/plan",
        "GET, /jobs/x/placement",
        "POST, /jobs/%s/placement",
    })
    void passesOtherRequestsOn(String method, String path) {
        DefaultFullHttpRequest request =
                request(HttpMethod.valueOf(method), String.format(path, job));
        channel.writeInbound(request);

        Object passedOn = channel.readInbound();
        Object answer = channel.readOutbound();
        assertThat(passedOn).isSameAs(request);
        assertThat(answer).isNull();
    }

    @ParameterizedTest
    @CsvSource({"auto, all, true", "upstream, all, false", "auto, none, false"})
    void isThereOnlyIfTasksArePlaced(String mode, String features, boolean there) {
        Configuration configuration = new Configuration();
        configuration.setString(PlacementOptions.MODE.key(), mode);
        configuration.setString("pinterest.features", features);

        assertThat(new PlacementHandlerFactory().createHandler(configuration, Map.of()).isPresent())
                .isEqualTo(there);
    }

    private static DefaultFullHttpRequest request(HttpMethod method, String path) {
        return new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, path);
    }

    private int status() {
        HttpResponse response = channel.readOutbound();
        assertThat(response.headers().get("X-Test")).isEqualTo("yes");
        return response.status().code();
    }

    private String body() {
        ByteBuf body = channel.readOutbound();
        return body.toString(StandardCharsets.UTF_8);
    }
}
