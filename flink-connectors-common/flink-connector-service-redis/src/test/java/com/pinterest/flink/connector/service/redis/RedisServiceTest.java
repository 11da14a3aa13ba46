// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.redis;

import static com.pinterest.flink.connector.service.testkit.DirectCalls.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.connector.service.Answer;
import com.pinterest.flink.connector.service.ServiceClient;
import com.pinterest.flink.connector.service.ServiceConnection;
import com.pinterest.flink.connector.service.ServiceException;
import com.pinterest.flink.connector.service.ServiceException.Kind;
import com.pinterest.flink.connector.service.testkit.DirectCalls;
import com.pinterest.flink.connector.service.testkit.FaultProxy;
import com.pinterest.flink.connector.service.testkit.RedisServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.AbstractDeserializationSchema;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.api.common.typeinfo.Types;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys, values and errors of Redis. */
@Timeout(120)
final class RedisServiceTest {

    private static RedisServer server;

    @BeforeAll
    static void start() throws Exception {
        server = Numbers.start();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static String url() {
        return RedisServer.url(server.address());
    }

    private static RedisService<String, String> numbers() {
        return RedisService.strings(url()).withKeyPrefix("number:");
    }

    private static void requireFailure(
            RedisService<String, String> service, Kind kind, String message) {
        DirectCalls.requireFailure(service, "0", kind, message);
    }

    @Test
    void answersBatchesOfEachSize() throws Exception {
        for (int size : new int[] {1, 2, 1000}) {
            List<String> keys =
                    LongStream.range(0, size).mapToObj(Long::toString).collect(Collectors.toList());
            List<String> values =
                    call(numbers(), keys).stream().map(Answer::value).collect(Collectors.toList());
            assertThat(values)
                    .isEqualTo(
                            LongStream.range(0, size)
                                    .mapToObj(key -> key % 2 == 0 ? "value " + key : null)
                                    .collect(Collectors.toList()));
        }
    }

    @Test
    void valuesMayBeBytesAndNamesHaveAnyLetters() throws Exception {
        server.execute("SET", "k ü\n", "ä");
        assertThat(call(RedisService.bytes(url()), List.of("k ü\n")).get(0).value())
                .isEqualTo("ä".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void formatsOfFlinkReadValuesAndFailForSingleKeys() throws Exception {
        server.execute("MSET", "length:a", "12", "length:b", "long");
        RedisService<String, Integer> service =
                RedisService.of(url(), new SimpleStringSchema(), new Numeric())
                        .withKeyPrefix("length:");
        List<Answer<Integer>> answers = call(service, List.of("a", "b", "c"));
        assertThat(answers.get(0).value()).isEqualTo(12);
        assertThat(answers.get(1).failure())
                .hasMessageContaining("The value of length:b in " + url() + " cannot be read")
                .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.PERMANENT));
        assertThat(answers.get(2)).isSameAs(Answer.absent());
    }

    @Test
    void aKeyThatHasNoStringIsAbsent() throws Exception {
        server.execute("LPUSH", "number:list", "1");
        assertThat(call(numbers(), List.of("list")).get(0)).isSameAs(Answer.absent());
    }

    @Test
    void usersAndPasswordsAreCheckedByTheServer() throws Exception {
        server.execute("ACL", "SETUSER", "reader", "on", ">secret", "~number:*", "+mget", "+ping");
        RedisService<String, String> reader = numbers().withCredentials("reader", "secret");
        assertThat(call(reader, List.of("2")).get(0).value()).isEqualTo("value 2");
        requireFailure(numbers().withCredentials("reader", "wrong"), Kind.REJECTED, "WRONGPASS");
        requireFailure(reader.withKeyPrefix("other:"), Kind.REJECTED, "NOPERM");
        requireFailure(
                RedisService.strings(url().replace("/0", "/99")), Kind.REJECTED, "out of range");
    }

    @ParameterizedTest
    @CsvSource({
        "LOADING Redis is loading the dataset in memory, REJECTED",
        "BUSY Redis is busy running a script, REJECTED",
        "MOVED 3999 127.0.0.1:6381, PERMANENT",
        "ERR wrong number of arguments, PERMANENT",
    })
    void theFirstWordOfAnErrorDecides(String message, Kind kind) {
        assertThat(RedisConnection.kind(message)).isEqualTo(kind);
    }

    @Test
    @SuppressWarnings("try") // It is closed in the middle.
    void aServerThatStartsAgainIsFoundAgain() throws Exception {
        try (RedisServer first = new RedisServer()) {
            RedisService<String, String> service =
                    RedisService.strings(RedisServer.url(first.address()));
            first.execute("SET", "a", "old");
            try (ServiceConnection<String, String> connection =
                    service.connect(getClass().getClassLoader())) {
                assertThat(value(connection, "a")).isEqualTo("old");
                first.close();
                assertThatThrownBy(() -> value(connection, "a"))
                        .cause()
                        .isInstanceOf(ServiceException.class);
                try (RedisServer second = new RedisServer(first.address().getPort())) {
                    second.execute("SET", "a", "new");
                    assertThat(value(connection, "a")).isEqualTo("new");
                }
            }
        }
    }

    private static String value(ServiceConnection<String, String> connection, String key)
            throws Exception {
        return connection
                .call(List.of(key), Duration.ofMinutes(1))
                .get(1, TimeUnit.MINUTES)
                .get(0)
                .value();
    }

    @Test
    void aCallThatIsCancelledLetsTheOthersOfItsConnectionGoOn() throws Exception {
        // given two calls on a connection whose server has stopped
        try (FaultProxy proxy = new FaultProxy(server.address());
                ServiceConnection<String, String> connection =
                        RedisService.strings(RedisServer.url(proxy.address()))
                                .withKeyPrefix("number:")
                                .connect(getClass().getClassLoader())) {
            assertThat(value(connection, "0")).isEqualTo("value 0");
            server.execute("CLIENT", "PAUSE", "1000", "ALL");
            CompletableFuture<List<Answer<String>>> first =
                    connection.call(List.of("2"), Duration.ofMinutes(1));
            CompletableFuture<List<Answer<String>>> second =
                    connection.call(List.of("4"), Duration.ofMinutes(1));

            // when
            first.cancel(true);

            // then
            assertThat(second.get(1, TimeUnit.MINUTES).get(0).value()).isEqualTo("value 4");
            assertThat(value(connection, "6")).isEqualTo("value 6");
        }
    }

    @Test
    void endsItsThreads() throws Exception {
        call(numbers(), List.of("0"));
        // Some end just after they were told to.
        while (lettuceThreads().findAny().isPresent()) {
            Thread.sleep(1);
        }
    }

    private static Stream<Thread> lettuceThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("lettuce"));
    }

    @Test
    void rejectsWrongConfigurations() {
        assertThatThrownBy(() -> RedisService.strings("http://user:secret@host:80/x"))
                .hasMessageContaining("redis://host:6379/0: http://host:80/x")
                .hasMessageNotContaining("secret");
        RedisService<String, String> service =
                RedisService.strings("redis://user:secret@host/1?timeout=1s")
                        .withCredentials("reader", "password");
        assertThat(service).hasToString("redis://host/1");
        assertThat(service.settings()).doesNotContain("secret").doesNotContain("password");
        assertThatThrownBy(
                        () -> ServiceClient.of("numbers", service).withBatches(1001, Duration.ZERO))
                .hasMessageContaining("between 1 and 1000");
    }

    /** Numbers in decimal digits. */
    private static final class Numeric extends AbstractDeserializationSchema<Integer> {

        private static final long serialVersionUID = 1;

        Numeric() {
            super(Types.INT);
        }

        @Override
        public Integer deserialize(byte[] message) throws IOException {
            return Integer.valueOf(new String(message, StandardCharsets.UTF_8));
        }
    }
}
