// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import static com.pinterest.flink.connector.service.Mails.runMails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.connector.service.FakeService.FakeCall;
import com.pinterest.flink.connector.service.ServiceException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The operator with a service that a test answers for. A record is its own key. */
final class EnrichmentOperatorTest {

    private static final int MAX_PARALLELISM = 16;
    private static final OutputTag<DeadLetter<Integer>> DEAD_LETTERS =
            ServiceCalls.deadLetterTag("dead", Types.INT);

    /** The key of the stream. */
    private static final KeySelector<Integer, Integer> TENS = number -> number / 10;

    private final FakeService service = new FakeService(true);
    private final List<AutoCloseable> open = new ArrayList<>();

    private ServiceClient<Integer, String> client() {
        return ServiceClient.of("numbers", service).withBatches(1, Duration.ZERO);
    }

    private EnrichmentOperatorFactory<Integer, Integer, String, String> operator(
            ServiceClient<Integer, String> client,
            EnrichmentOrder order,
            OutputTag<DeadLetter<Integer>> deadLetters) {
        return new EnrichmentOperatorFactory<>(
                client,
                number -> number < 0 ? null : number,
                (number, value) -> number + "=" + value,
                Types.INT,
                order,
                100,
                deadLetters);
    }

    private OneInputStreamOperatorTestHarness<Integer, String> start(
            EnrichmentOperatorFactory<Integer, Integer, String, String> operator) throws Exception {
        OneInputStreamOperatorTestHarness<Integer, String> harness =
                new OneInputStreamOperatorTestHarness<>(operator, IntSerializer.INSTANCE);
        open.add(harness);
        harness.open();
        return harness;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable harness : open) {
            harness.close();
        }
    }

    private static void process(
            OneInputStreamOperatorTestHarness<Integer, String> harness, int... numbers)
            throws Exception {
        for (int number : numbers) {
            harness.processElement(number, 1000L + number);
        }
    }

    private static StreamRecord<String> result(int number) {
        return new StreamRecord<>(
                number + "=" + FakeService.answerFor(number).value(), 1000L + number);
    }

    // ------------------------------------------------------------------ order

    @Test
    void unorderedRecordsStayBetweenTheirWatermarks() throws Exception {
        var harness = start(operator(client(), EnrichmentOrder.UNORDERED, null));
        process(harness, 0, 1);
        harness.processWatermark(5);
        process(harness, 2);
        List<FakeCall> calls = service.takeAll();
        calls.get(2).answer();
        calls.get(1).answer();
        runMails(harness);
        assertThat(harness.getOutput()).containsExactly(result(1));
        calls.get(0).answer();
        runMails(harness);
        assertThat(harness.getOutput())
                .containsExactly(result(1), result(0), new Watermark(5), result(2));
    }

    @Test
    void orderedRecordsWaitForEachOther() throws Exception {
        var harness = start(operator(client(), EnrichmentOrder.ORDERED, null));
        process(harness, 0, 1, 2);
        List<FakeCall> calls = service.takeAll();
        calls.get(1).answer();
        calls.get(2).answer();
        runMails(harness);
        assertThat(harness.getOutput()).isEmpty();
        calls.get(0).answer();
        runMails(harness);
        assertThat(harness.getOutput()).containsExactly(result(0), result(1), result(2));
    }

    @Test
    void aBatchIsOneMail() throws Exception {
        var harness =
                start(
                        operator(
                                client().withBatches(3, Duration.ofMinutes(1)),
                                EnrichmentOrder.UNORDERED,
                                null));
        process(harness, 0, 1, 2);
        service.take().answer();
        assertThat(harness.getTaskMailbox().size()).isEqualTo(1);
        runMails(harness);
        assertThat(harness.getOutput()).containsExactly(result(0), result(1), result(2));
    }

    // ------------------------------------------------------------------ without a call

    @Test
    void recordsWithoutAKeyAreNotAskedFor() throws Exception {
        var harness = start(operator(client(), EnrichmentOrder.UNORDERED, null));
        process(harness, -1);
        assertThat(service.calls()).isZero();
        assertThat(harness.getOutput()).containsExactly(new StreamRecord<>("-1=null", 999L));
    }

    @Test
    void cachedValuesNeedNoCallAndKeepTheOrder() throws Exception {
        ServiceClient<Integer, String> client =
                client().withCache(10, Duration.ofMinutes(1), Duration.ofMinutes(1));
        var harness = start(operator(client, EnrichmentOrder.ORDERED, null));
        process(harness, 0);
        service.take().answer();
        runMails(harness);
        process(harness, 0);
        assertThat(harness.getOutput()).containsExactly(result(0), result(0));
        process(harness, 2, 0);
        assertThat(harness.getOutput()).hasSize(2);
        service.take().answer();
        runMails(harness);
        assertThat(harness.getOutput()).containsExactly(result(0), result(0), result(2), result(0));
    }

    // ------------------------------------------------------------------ failures

    @Test
    void aRecordThatIsGivenUpBecomesADeadLetterInItsPlace() throws Exception {
        var harness = start(operator(client(), EnrichmentOrder.ORDERED, DEAD_LETTERS));
        process(harness, 0, 1);
        List<FakeCall> calls = service.takeAll();
        calls.get(1).fail(Kind.PERMANENT);
        runMails(harness);
        assertThat(harness.getSideOutput(DEAD_LETTERS)).isNull();
        calls.get(0).answer();
        runMails(harness);
        assertThat(harness.getOutput()).containsExactly(result(0));
        assertThat(List.copyOf(harness.getSideOutput(DEAD_LETTERS)))
                .isEqualTo(
                        List.of(
                                new StreamRecord<>(
                                        new DeadLetter<>(1, 1, "PERMANENT: as the test says"),
                                        1001L)));
    }

    @Test
    void withoutDeadLettersTheJobFails() throws Exception {
        var harness = start(operator(client(), EnrichmentOrder.UNORDERED, null));
        process(harness, 0);
        service.take().fail(Kind.PERMANENT);
        assertThatThrownBy(() -> runMails(harness))
                .hasStackTraceContaining("Service numbers could not answer")
                .hasStackTraceContaining("withDeadLettersTo");
    }

    // ------------------------------------------------------------------ state

    @Test
    void recordsInFlightAreAskedForAgainAfterARestart() throws Exception {
        var first = start(operator(client(), EnrichmentOrder.ORDERED, null));
        process(first, 0, 1, 2);
        first.processElement(new StreamRecord<>(4));
        List<FakeCall> calls = service.takeAll();
        calls.get(0).answer();
        calls.get(2).answer();
        runMails(first);
        OperatorSubtaskState state = first.snapshot(1, 1);
        first.close();
        open.clear();

        OneInputStreamOperatorTestHarness<Integer, String> second =
                new OneInputStreamOperatorTestHarness<>(
                        operator(client(), EnrichmentOrder.ORDERED, null), IntSerializer.INSTANCE);
        open.add(second);
        second.initializeState(state);
        second.open();
        process(second, 6);
        service.takeAll().forEach(FakeCall::answer);
        runMails(second);
        assertThat(second.getOutput())
                .containsExactly(result(1), result(2), new StreamRecord<>("4=4"), result(6));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hashmap", "rocksdb"})
    void recordsInFlightStayWithTheirKeyInAnotherParallelism(String backend) throws Exception {
        StateBackend stateBackend =
                backend.equals("hashmap")
                        ? new HashMapStateBackend()
                        : new EmbeddedRocksDBStateBackend();
        OperatorSubtaskState state = null;
        int before = 0;
        int next = 0;
        for (int parallelism : new int[] {2, 3, 1}) {
            List<KeyedOneInputStreamOperatorTestHarness<Integer, Integer, String>> subtasks =
                    startKeyed(stateBackend, parallelism, before, state);
            for (int i = 0; i < 25; i++) {
                process(subtasks.get(subtask(next % 50, parallelism)), next % 50);
                next++;
            }
            if (parallelism == 1) {
                while (service.waiting() > 0) {
                    service.takeAll().forEach(FakeCall::answer);
                }
                runMails(subtasks.get(0));
                List<String> results = subtasks.get(0).extractOutputValues();
                assertThat(results).hasSize(75);
                for (int key = 0; key < 5; key++) {
                    requireOrderOfKey(results, key);
                }
            } else {
                OperatorSubtaskState[] states = new OperatorSubtaskState[parallelism];
                // Twice: the second checkpoint must not have what only the first has.
                for (int checkpoint = 0; checkpoint < 2; checkpoint++) {
                    for (int i = 0; i < parallelism; i++) {
                        states[i] = subtasks.get(i).snapshot(checkpoint, checkpoint);
                    }
                }
                state = AbstractStreamOperatorTestHarness.repackageState(states);
                before = parallelism;
            }
            service.takeAll();
            for (var subtask : subtasks) {
                subtask.close();
            }
        }
    }

    @Test
    void recordsThatHaveLeftAreInNoLaterCheckpoint() throws Exception {
        // given a record that is in a checkpoint, from which the job is restored
        StateBackend backend = new HashMapStateBackend();
        var first = startKeyed(backend, 1, 0, null).get(0);
        process(first, 0, 10);
        service.takeAll().get(0).answer();
        runMails(first);
        OperatorSubtaskState inFlight = first.snapshot(1, 1);
        first.close();

        // when it leaves
        var second = startKeyed(backend, 1, 1, inFlight).get(0);
        service.take().answer();
        runMails(second);
        assertThat(second.getOutput()).containsExactly(result(10));
        OperatorSubtaskState later = second.snapshot(2, 2);
        second.close();

        // then it is not asked for again
        var third = startKeyed(backend, 1, 1, later).get(0);
        assertThat(service.waiting()).isZero();
        third.close();
    }

    /** Records of a key leave as they arrived: 0 to 49, and 0 to 24 again. */
    private static void requireOrderOfKey(List<String> results, int key) {
        List<Integer> numbers =
                results.stream()
                        .map(result -> Integer.parseInt(result.substring(0, result.indexOf('='))))
                        .filter(number -> number / 10 == key)
                        .toList();
        List<Integer> expected = new ArrayList<>();
        for (int n = 0; n < 75; n++) {
            if (n % 50 / 10 == key) {
                expected.add(n % 50);
            }
        }
        assertThat(numbers).isEqualTo(expected);
    }

    private static int subtask(int number, int parallelism) throws Exception {
        return KeyGroupRangeAssignment.assignKeyToParallelOperator(
                TENS.getKey(number), MAX_PARALLELISM, parallelism);
    }

    private List<KeyedOneInputStreamOperatorTestHarness<Integer, Integer, String>> startKeyed(
            StateBackend backend, int parallelism, int before, OperatorSubtaskState state)
            throws Exception {
        List<KeyedOneInputStreamOperatorTestHarness<Integer, Integer, String>> subtasks =
                new ArrayList<>();
        for (int i = 0; i < parallelism; i++) {
            KeyedOneInputStreamOperatorTestHarness<Integer, Integer, String> subtask =
                    new KeyedOneInputStreamOperatorTestHarness<>(
                            operator(client(), EnrichmentOrder.BY_KEY, null),
                            TENS,
                            Types.INT,
                            MAX_PARALLELISM,
                            parallelism,
                            i);
            subtask.setStateBackend(backend);
            if (state != null) {
                subtask.initializeState(
                        AbstractStreamOperatorTestHarness.repartitionOperatorState(
                                state, MAX_PARALLELISM, before, parallelism, i));
            }
            subtask.open();
            subtasks.add(subtask);
        }
        return subtasks;
    }

    @Test
    void theEndOfTheInputWaitsForAllRecords() throws Exception {
        service.automatic = true;
        var harness =
                start(
                        operator(
                                client().withBatches(10, Duration.ofHours(1)),
                                EnrichmentOrder.UNORDERED,
                                null));
        process(harness, 0, 1, 2);
        assertThat(harness.getOutput()).isEmpty();
        harness.endInput();
        assertThat(harness.getOutput()).containsExactlyInAnyOrder(result(0), result(1), result(2));
    }

    // ------------------------------------------------------------------ sharing

    @Test
    void subtasksShareAServiceUntilTheLastOneClosesIt() throws Exception {
        JobID job = new JobID();
        ClassLoader loader = getClass().getClassLoader();
        ServiceCores.Lease<Integer, String> first = ServiceCores.acquire(client(), job, loader);
        ServiceCores.Lease<Integer, String> second = ServiceCores.acquire(client(), job, loader);
        assertThat(second.core()).isSameAs(first.core());
        assertThatThrownBy(() -> ServiceCores.acquire(client().withMaxConcurrency(7), job, loader))
                .hasMessageContaining("two services with the name numbers");
        try (ServiceCores.Lease<Integer, String> other =
                ServiceCores.acquire(client(), new JobID(), loader)) {
            assertThat(other.core()).isNotSameAs(first.core());
        }
        first.close();
        first.close();
        assertThat(service.closed()).isEqualTo(1);
        second.close();
        assertThat(service.closed()).isEqualTo(2);
        try (ServiceCores.Lease<Integer, String> next =
                ServiceCores.acquire(client(), job, loader)) {
            assertThat(next.core()).isNotSameAs(first.core());
        }
    }
}
