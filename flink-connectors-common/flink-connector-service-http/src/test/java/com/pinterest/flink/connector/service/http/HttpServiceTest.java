// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.connector.service.Answer;
import com.pinterest.flink.connector.service.ServiceException;
import com.pinterest.flink.connector.service.ServiceException.Kind;
import com.pinterest.flink.connector.service.testkit.DirectCalls;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests, statuses and bodies of HTTP. */
final class HttpServiceTest {

    private NumberServer server;

    @BeforeEach
    void start() throws Exception {
        server = new NumberServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String url(String path) {
        return "http://localhost:" + server.address().getPort() + path;
    }

    private static <V> List<Answer<V>> call(HttpService<String, V> service, String... keys)
            throws Exception {
        return DirectCalls.call(service, List.of(keys));
    }

    private HttpService<String, Named> get() {
        return HttpService.get(url("/numbers/{key}"), JsonFormat.value(Named.class));
    }

    private HttpService<String, Named> post() {
        return HttpService.post(url("/numbers"), JsonFormat.array(Named.class));
    }

    @Test
    void encodesTheKeyAndSendsHeaders() throws Exception {
        List<Answer<Named>> answers = call(get().withHeader("X-Test", "secret"), "k/?& ü 8");
        assertThat(answers.get(0).value()).isEqualTo(new Named("value 8"));
        assertThat(server.requests())
                .containsExactly("GET /numbers/k%2F%3F%26%20%C3%BC%208 secret ");
        assertThat(get().withHeader("X-Test", "secret").toString()).doesNotContain("secret");
    }

    @ParameterizedTest
    @CsvSource({
        "400, PERMANENT, PERMANENT",
        "401, TRANSIENT, TRANSIENT",
        "404, , TRANSIENT",
        "302, TRANSIENT, TRANSIENT",
        "413, PERMANENT, PERMANENT",
        "429, THROTTLED, THROTTLED",
        "500, TRANSIENT, TRANSIENT",
        "503, REJECTED, REJECTED",
        "504, TRANSIENT, TRANSIENT",
        "204, , ",
    })
    void theStatusDecides(int status, Kind ofGet, Kind ofPost) throws Exception {
        requireKind(get(), status, ofGet);
        requireKind(post(), status, ofPost);
    }

    private void requireKind(HttpService<String, Named> service, int status, Kind kind)
            throws Exception {
        server.reply(new NumberServer.Reply(status, null, status == 204 ? "" : "first\nsecond"));
        if (kind == null) {
            assertThat(call(service, "key 0").get(0)).isSameAs(Answer.absent());
        } else {
            assertThatThrownBy(() -> call(service, "key 0"))
                    .cause()
                    .isInstanceOfSatisfying(
                            ServiceException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                    .hasMessageContaining(service.toString())
                    .hasMessageEndingWith("the status " + status + ": first");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[", "{}", "[null]", "[null,null,null]", "[1,2] 3", "[null,[]]"})
    void malformedAnswersMayBeRepeated(String body) throws Exception {
        server.reply(new NumberServer.Reply(200, null, body));
        assertThatThrownBy(() -> call(post(), "key 0", "key 1"))
                .cause()
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TRANSIENT))
                .hasMessageContaining("malformed");
    }

    @Test
    void readsRetryAfter() {
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        assertThat(HttpConnection.retryAfter("120", now)).isEqualTo(Duration.ofMinutes(2));
        assertThat(HttpConnection.retryAfter("Thu, 01 Jan 2026 00:00:30 GMT", now))
                .isEqualTo(Duration.ofSeconds(30));
        assertThat(HttpConnection.retryAfter("Wed, 31 Dec 2025 00:00:00 GMT", now))
                .isEqualTo(Duration.ZERO);
        assertThat(HttpConnection.retryAfter("soon", now)).isNull();
    }

    @Test
    void formatsOfFlinkMatchValuesByKey() throws Exception {
        HttpService<String, String> lines =
                HttpService.post(
                        url("/lines"),
                        SchemaFormat.batch(
                                "text/plain",
                                keys -> String.join("\n", keys).getBytes(StandardCharsets.UTF_8),
                                new Lines(),
                                value -> value));
        List<Answer<String>> answers = call(lines, "key 4", "key 5", "key 6");
        assertThat(answers.get(0).value()).isEqualTo("key 4");
        assertThat(answers.get(1)).isSameAs(Answer.absent());
        assertThat(answers.get(2).value()).isEqualTo("key 6");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204})
    void writesIgnoreWhatTheResponseHas(int status) throws Exception {
        for (HttpFormat<String, Object> format :
                List.of(
                        JsonFormat.<String>records(),
                        SchemaFormat.<String>records(
                                "text/plain",
                                records ->
                                        String.join("\n", records)
                                                .getBytes(StandardCharsets.UTF_8)))) {
            server.reply(new NumberServer.Reply(status, null, status == 204 ? "" : "[taken"));
            assertThat(call(HttpService.post(url("/records"), format), "key 1", "key 1"))
                    .containsExactly(Answer.absent(), Answer.absent());
        }
        assertThat(server.requests())
                .containsExactly(
                        "POST /records null [\"key 1\",\"key 1\"]",
                        "POST /records null key 1\nkey 1");
    }

    @Test
    void formatsOfFlinkReadOneValue() throws Exception {
        HttpService<String, String> service =
                HttpService.get(
                        url("/numbers/{key}"), SchemaFormat.value(new SimpleStringSchema()));
        assertThat(call(service, "key 2").get(0).value()).isEqualTo("{\"name\":\"value 2\"}");
    }

    @Test
    void rejectsWrongConfigurations() {
        assertThatThrownBy(() -> HttpService.get("http://host/x", JsonFormat.value(Named.class)))
                .hasMessageContaining("{key}");
        assertThatThrownBy(() -> HttpService.post("host/x", JsonFormat.array(Named.class)))
                .hasMessageContaining("host/x");
        assertThat(post().isIdempotent()).isFalse();
        assertThat(post().idempotent().isIdempotent()).isTrue();
        assertThat(get().maxBatchSize()).isEqualTo(1);
    }

    /** Emits the lines of a text. */
    private static final class Lines implements DeserializationSchema<String> {

        private static final long serialVersionUID = 1;

        @Override
        public String deserialize(byte[] message) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void deserialize(byte[] message, Collector<String> out) {
            new String(message, StandardCharsets.UTF_8).lines().forEach(out::collect);
        }

        @Override
        public boolean isEndOfStream(String next) {
            return false;
        }

        @Override
        public TypeInformation<String> getProducedType() {
            return Types.STRING;
        }
    }
}
