// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.pinterest.flink.jobs.server.FlinkRest.Answer;
import org.junit.jupiter.api.Test;

/** What an answer of a JobManager says went wrong. */
class FlinkRestTest {

    @Test
    void errorHasEachCauseOnceAndNoStack() {
        String trace =
                """
                java.util.concurrent.CompletionException: com.example.Bad: no such topic
                \tat com.example.Job.main(Job.java:12)
                Caused by: com.example.Bad: no such topic
                \t... 12 more
                Caused by: java.io.IOException: connection lost
                """;

        assertThat(answer(trace).error())
                .isEqualTo(
                        "500 java.util.concurrent.CompletionException: com.example.Bad: no such"
                                + " topic Caused by: java.io.IOException: connection lost");
    }

    @Test
    void errorWithoutTextIsTheStatus() {
        assertThat(new Answer(404, JsonNodeFactory.instance.missingNode()).error())
                .isEqualTo("404");
    }

    private static Answer answer(String error) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putArray("errors").add("Internal server error.").add(error);
        return new Answer(500, body);
    }
}
