// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.rest;

import com.pinterest.flink.scheduler.explain.PlacementDocument;
import org.apache.flink.runtime.rest.HttpMethodWrapper;
import org.apache.flink.runtime.rest.messages.EmptyRequestBody;
import org.apache.flink.runtime.rest.messages.JobMessageParameters;
import org.apache.flink.runtime.rest.messages.RuntimeMessageHeaders;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpResponseStatus;

/** The request for the placement of a job, for Flink's REST client. Stateless. */
public final class PlacementHeaders
        implements RuntimeMessageHeaders<
                EmptyRequestBody, PlacementDocument, JobMessageParameters> {

    @Override
    public Class<EmptyRequestBody> getRequestClass() {
        return EmptyRequestBody.class;
    }

    @Override
    public Class<PlacementDocument> getResponseClass() {
        return PlacementDocument.class;
    }

    @Override
    public HttpResponseStatus getResponseStatusCode() {
        return HttpResponseStatus.OK;
    }

    @Override
    public JobMessageParameters getUnresolvedMessageParameters() {
        return new JobMessageParameters();
    }

    @Override
    public HttpMethodWrapper getHttpMethod() {
        return HttpMethodWrapper.GET;
    }

    @Override
    public String getTargetRestEndpointURL() {
        return "/jobs/:jobid/placement";
    }

    @Override
    public String getDescription() {
        return "Returns how the tasks of a job were placed last, and why.";
    }
}
