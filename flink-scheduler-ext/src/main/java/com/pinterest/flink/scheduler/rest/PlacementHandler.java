// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.rest;

import com.pinterest.flink.scheduler.explain.LastPlacements;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.common.JobID;
import org.apache.flink.runtime.rest.handler.util.HandlerUtils;
import org.apache.flink.runtime.rest.messages.ErrorResponseBody;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandlerContext;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelInboundHandlerAdapter;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpMethod;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpRequest;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpResponseStatus;
import org.apache.flink.shaded.netty4.io.netty.util.ReferenceCountUtil;

/** Answers requests for the placement of a job, and passes on all others. One for a channel. */
final class PlacementHandler extends ChannelInboundHandlerAdapter {

    private static final Pattern PATH =
            Pattern.compile("(?:/v1)?/jobs/([0-9a-fA-F]{32})/placement/?(?:\\?.*)?");

    private final Map<String, String> responseHeaders;

    PlacementHandler(Map<String, String> responseHeaders) {
        this.responseHeaders = responseHeaders;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest) {
            HttpRequest request = (HttpRequest) message;
            Matcher matcher = PATH.matcher(request.uri());
            if (request.method().equals(HttpMethod.GET) && matcher.matches()) {
                try {
                    answer(context, request, JobID.fromHexString(matcher.group(1)));
                } finally {
                    ReferenceCountUtil.release(message);
                }
                return;
            }
        }
        context.fireChannelRead(message);
    }

    private void answer(ChannelHandlerContext context, HttpRequest request, JobID job) {
        // Nothing is to be done once the answer is sent.
        CompletableFuture<Void> unused =
                LastPlacements.of(job)
                        .map(
                                document ->
                                        HandlerUtils.sendResponse(
                                                context,
                                                request,
                                                document,
                                                HttpResponseStatus.OK,
                                                responseHeaders))
                        .orElseGet(() -> refuse(context, request, job));
    }

    private CompletableFuture<Void> refuse(
            ChannelHandlerContext context, HttpRequest request, JobID job) {
        return HandlerUtils.sendErrorResponse(
                context,
                request,
                new ErrorResponseBody(
                        String.format(
                                "This JobManager has not placed job %s: there is no such job, it"
                                        + " has not got its slots yet, it is a batch job, or"
                                        + " another JobManager is the leader.",
                                job)),
                HttpResponseStatus.NOT_FOUND,
                responseHeaders);
    }
}
