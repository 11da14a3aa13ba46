// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.async;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.functions.async.AsyncFunction;
import org.apache.flink.streaming.api.functions.async.AsyncRetryStrategy;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.operators.async.AsyncWaitOperatorFactory;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.tasks.mailbox.Mail;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.retryable.AsyncRetryStrategies;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Asynchronous functions whose timeout comes while an attempt ends that may be repeated. */
class TimeoutOfRetriesTest {

    private static final long TIMEOUT = 100;
    private static final long BACKOFF = 10;

    private final Calls calls = new Calls();
    private OneInputStreamOperatorTestHarness<String, String> harness;

    @BeforeEach
    void startCall() throws Exception {
        AsyncRetryStrategy<String> whileEmpty =
                new AsyncRetryStrategies.FixedDelayRetryStrategyBuilder<String>(10, BACKOFF)
                        .ifResult(Collection::isEmpty)
                        .build();
        harness =
                new OneInputStreamOperatorTestHarness<>(
                        new AsyncWaitOperatorFactory<>(
                                calls, TIMEOUT, 10, AsyncDataStream.OutputMode.ORDERED, whileEmpty),
                        StringSerializer.INSTANCE);
        harness.open();
        harness.processElement("input", 0);
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {TIMEOUT, TIMEOUT + 1})
    void resultOfTheTimeoutCountsIfAnAttemptFailsAtTheSameTime(long time) throws Exception {
        // given: an attempt that has failed, which the operator has not looked at
        calls.attempts.get(0).complete(List.of());

        // when
        harness.setProcessingTime(time);
        runMails();

        // then
        assertThat(harness.extractOutputValues()).containsExactly("timed out");
        assertNoFurtherAttempt();
    }

    @Test
    void resultOfTheTimeoutCountsIfTheSecondAttemptHangs() throws Exception {
        // given
        calls.attempts.get(0).complete(List.of());
        runMails();
        harness.setProcessingTime(BACKOFF);
        assertThat(calls.attempts).hasSize(2);

        // when
        harness.setProcessingTime(TIMEOUT);
        runMails();

        // then
        assertThat(harness.extractOutputValues()).containsExactly("timed out");
    }

    @Test
    void resultOfAnAttemptCountsIfItIsThereWhenTheTimeoutComes() throws Exception {
        // given
        calls.attempts.get(0).complete(List.of("in time"));

        // when
        harness.setProcessingTime(TIMEOUT);
        runMails();

        // then
        assertThat(harness.extractOutputValues()).containsExactly("in time");
    }

    @Test
    void attemptCountsIfTheTimeoutHasNoResult() throws Exception {
        // given
        calls.hasResultOfTimeout = false;
        harness.setProcessingTime(TIMEOUT);

        // when
        calls.attempts.get(0).complete(List.of());
        runMails();

        // then: what follows the input does not wait for it any more
        harness.processWatermark(1);
        assertThat(harness.getOutput()).containsExactly(new Watermark(1));
        assertNoFurtherAttempt();
    }

    private void assertNoFurtherAttempt() throws Exception {
        harness.setProcessingTime(TIMEOUT + 2 * BACKOFF);
        runMails();
        assertThat(calls.attempts).hasSize(1);
    }

    private void runMails() throws Exception {
        Optional<Mail> mail = harness.getTaskMailbox().tryTake(TaskMailbox.MIN_PRIORITY);
        while (mail.isPresent()) {
            mail.get().run();
            mail = harness.getTaskMailbox().tryTake(TaskMailbox.MIN_PRIORITY);
        }
    }

    /** A function whose attempts a test completes. */
    private static final class Calls implements AsyncFunction<String, String> {
        private static final long serialVersionUID = 1L;

        private final List<ResultFuture<String>> attempts = new ArrayList<>();
        private boolean hasResultOfTimeout = true;

        @Override
        public void asyncInvoke(String input, ResultFuture<String> result) {
            attempts.add(result);
        }

        @Override
        public void timeout(String input, ResultFuture<String> result) {
            if (hasResultOfTimeout) {
                result.complete(List.of("timed out"));
            }
        }
    }
}
