// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import static com.pinterest.flink.connector.service.Mails.runMails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.connector.service.FakeService.FakeCall;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.connector.base.sink.writer.BufferedRequestState;
import org.apache.flink.connector.base.sink.writer.RequestEntryWrapper;
import org.apache.flink.core.io.SimpleVersionedSerialization;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.runtime.operators.sink.SinkWriterOperatorFactory;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * State, settings and checkpoints of the sink. Jobs that write are in the tests of the HTTP client.
 */
final class ServiceSinkTest {

    /** How long records may wait for others: longer than a test takes. */
    private static final Duration LONG_WAIT = Duration.ofHours(1);

    private final FakeService service = new FakeService(true);
    private final List<AutoCloseable> open = new ArrayList<>();

    private static BufferedRequestState<Write<Integer>> state(Integer... records) {
        return new BufferedRequestState<>(
                List.of(records).stream()
                        .map(
                                record ->
                                        new RequestEntryWrapper<>(
                                                new Write<>(record), ServiceSinkWriter.SIZE))
                        .collect(Collectors.toList()));
    }

    private static List<Integer> records(BufferedRequestState<Write<Integer>> state) {
        return state.getBufferedRequestEntries().stream()
                .map(entry -> entry.getRequestEntry().record)
                .collect(Collectors.toList());
    }

    @Test
    void stateKeepsRecordsAndTheirOrder() throws IOException {
        SimpleVersionedSerializer<BufferedRequestState<Write<Integer>>> serializer =
                ServiceSink.to(ServiceClient.of("test", service), Types.INT)
                        .getWriterStateSerializer();
        for (BufferedRequestState<Write<Integer>> state :
                List.of(state(), state(3), state(3, 1, 3))) {
            byte[] bytes = SimpleVersionedSerialization.writeVersionAndSerialize(serializer, state);
            BufferedRequestState<Write<Integer>> read =
                    SimpleVersionedSerialization.readVersionAndDeSerialize(serializer, bytes);
            assertThat(records(read)).isEqualTo(records(state));
        }
    }

    @Test
    void stateOfAnotherVersionOrTypeIsRefused() throws IOException {
        byte[] bytes = new WriteStateSerializer<>(IntSerializer.INSTANCE).serialize(state(3));
        assertThatThrownBy(
                        () ->
                                new WriteStateSerializer<>(IntSerializer.INSTANCE)
                                        .deserialize(2, bytes))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has version 2");
        assertThatThrownBy(
                        () ->
                                new WriteStateSerializer<>(StringSerializer.INSTANCE)
                                        .deserialize(1, bytes))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another type");
    }

    @Test
    void equalRecordsAreDifferentWrites() {
        assertThat(new Write<>(1)).isNotEqualTo(new Write<>(1));
    }

    @Test
    void writesHaveTheSettingsOfTheirClient() {
        ServiceClient<Integer, String> client =
                ServiceClient.of("test", service)
                        .withBatches(7, Duration.ofMillis(8))
                        .withCache(9, Duration.ofMillis(10), Duration.ofMillis(11))
                        .withTimeout(Duration.ofMillis(12))
                        .withMaxConcurrency(13)
                        .withMaxAttempts(14)
                        .withBackoff(Duration.ofMillis(15), Duration.ofMillis(16))
                        .withRetryBudget(0.17)
                        .withBreaker(18, Duration.ofMillis(19), Duration.ofMillis(20));
        ServiceClient<Write<Integer>, String> writes =
                client.withProtocol(new WriteProtocol<>(client.protocol));
        assertThat(writes.settings()).isEqualTo(client.settings());
        assertThat(writes.name()).isEqualTo("test");
    }

    // ------------------------------------------------------------------ the writer

    private OneInputStreamOperatorTestHarness<Integer, CommittableMessage<Integer>> start(
            OperatorSubtaskState state) throws Exception {
        ServiceClient<Integer, String> client =
                ServiceClient.of("test", service).withBatches(2, LONG_WAIT).withMaxAttempts(1);
        OneInputStreamOperatorTestHarness<Integer, CommittableMessage<Integer>> harness =
                new OneInputStreamOperatorTestHarness<>(
                        new SinkWriterOperatorFactory<Integer, Integer>(
                                ServiceSink.to(client, Types.INT).withCapacity(10)),
                        IntSerializer.INSTANCE);
        open.add(harness);
        if (state != null) {
            harness.initializeState(state);
        }
        harness.open();
        return harness;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable harness : open) {
            harness.close();
        }
    }

    private static OperatorSubtaskState checkpoint(
            OneInputStreamOperatorTestHarness<?, ?> harness, long id) throws Exception {
        harness.prepareSnapshotPreBarrier(id);
        return harness.snapshot(id, id);
    }

    /** What is written by a job that begins with a checkpoint. */
    private List<Integer> writtenAfter(OperatorSubtaskState state) throws Exception {
        var restored = start(state);
        // After the time that records may wait for others.
        restored.setProcessingTime(LONG_WAIT.toMillis() + 1);
        List<Integer> written = new ArrayList<>();
        for (FakeCall call : service.takeAll()) {
            written.addAll(call.keys);
            call.answer();
        }
        return written;
    }

    @Test
    void checkpointsHaveWhatIsInFlightAndDoNotWait() throws Exception {
        // given two calls in progress, with equal records, and a record that waits for another
        var harness = start(null);
        for (int number : new int[] {1, 2, 2, 3, 4}) {
            harness.processElement(number, 0);
        }
        List<FakeCall> calls = service.takeAll();
        assertThat(calls).hasSize(2);

        // when one call is answered between two checkpoints
        OperatorSubtaskState first = checkpoint(harness, 1);
        calls.get(0).answer();
        runMails(harness);
        OperatorSubtaskState second = checkpoint(harness, 2);

        // then each has what was not written before it
        assertThat(calls.get(0).keys).containsExactly(1, 2);
        assertThat(calls.get(1).keys).containsExactly(2, 3);
        assertThat(writtenAfter(first)).containsExactly(1, 2, 2, 3, 4);
        assertThat(writtenAfter(second)).containsExactly(2, 3, 4);
    }

    @Test
    void aRecordThatIsNotTakenFailsTheJob() throws Exception {
        var harness = start(null);
        harness.processElement(1, 0);
        harness.processElement(2, 0);
        service.take().answer(List.of(2));
        assertThatThrownBy(() -> runMails(harness))
                .hasStackTraceContaining("Service test has not taken a record, after 1 calls");
    }
}
