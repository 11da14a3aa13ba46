// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.connector.service.FakeService.FakeCall;
import com.pinterest.flink.connector.service.ServiceException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client in virtual time, with a service that does what the test says. */
final class ServiceCoreTest {

    private static final List<Kind> KINDS = List.of(Kind.values());
    private static final Duration DELAY = Duration.ofMillis(5);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final ManualTimers timers = new ManualTimers();
    private FakeService service = new FakeService(true);
    private ServiceCore<Integer, String> core;

    private ServiceClient<Integer, String> client(int batchSize) {
        return ServiceClient.of("numbers", service).withBatches(batchSize, DELAY);
    }

    private void start(ServiceClient<Integer, String> client) {
        core = new ServiceCore<>(client, service.connect(getClass().getClassLoader()), timers);
    }

    /** The outcomes of a key that was asked for. */
    private final class Asked implements ServiceCore.Waiter<String> {

        final int key;
        final List<Outcome<String>> outcomes = new ArrayList<>();

        Asked(int key) {
            this.key = key;
            core.lookUp(key, this);
        }

        @Override
        public void complete(Outcome<String> outcome) {
            outcomes.add(outcome);
        }

        Outcome<String> outcome() {
            assertThat(outcomes).as("outcomes of key %d", key).hasSize(1);
            return outcomes.get(0);
        }

        void requireAnswer() {
            Outcome<String> outcome = outcome();
            assertThat(outcome.failure()).isNull();
            assertThat(outcome.value()).isEqualTo(FakeService.answerFor(key).value());
        }
    }

    private List<Asked> ask(int from, int to) {
        List<Asked> asked = new ArrayList<>();
        for (int key = from; key < to; key++) {
            asked.add(new Asked(key));
        }
        return asked;
    }

    // ------------------------------------------------------------------ batches

    @Test
    void callsOnceABatchIsFull() {
        start(client(3));
        ask(0, 2);
        assertThat(service.waiting()).isZero();
        ask(2, 3);
        assertThat(service.take().keys).containsExactly(0, 1, 2);
    }

    @Test
    void callsWithWhatThereIsAfterTheDelay() {
        start(client(3));
        ask(0, 2);
        timers.advance(DELAY.minusNanos(1));
        assertThat(service.waiting()).isZero();
        timers.advance(Duration.ofNanos(1));
        assertThat(service.take().keys).containsExactly(0, 1);
    }

    @Test
    void theDelayBeginsWithTheFirstKeyOfEachBatch() {
        start(client(3));
        ask(0, 4);
        assertThat(service.take().keys).hasSize(3);
        timers.advance(DELAY.minusNanos(1));
        ask(4, 5);
        timers.advance(Duration.ofNanos(1));
        assertThat(service.take().keys).containsExactly(3, 4);
    }

    @Test
    void aFlushWaitsForNoDelay() {
        start(client(3));
        ask(0, 1);
        core.flush();
        assertThat(service.take().keys).containsExactly(0);
        ask(1, 2);
        assertThat(service.waiting()).isZero();
    }

    @Test
    void equalKeysInFlightAreAskedForOnce() {
        start(client(2));
        Asked first = new Asked(4);
        Asked second = new Asked(4);
        assertThat(service.waiting()).isZero();
        new Asked(6);
        FakeCall call = service.take();
        Asked third = new Asked(4);
        assertThat(call.keys).containsExactly(4, 6);
        call.answer();
        first.requireAnswer();
        second.requireAnswer();
        third.requireAnswer();
        assertThat(core.statistics().coalescedKeys.sum()).isEqualTo(2);

        // without a cache it is asked for again
        ask(4, 6);
        assertThat(service.waiting()).isEqualTo(1);
    }

    @Test
    void distinguishesAbsentKeys() {
        start(client(2));
        List<Asked> asked = ask(0, 2);
        service.take().answer();
        assertThat(asked.get(0).outcome().value()).isEqualTo("0");
        assertThat(asked.get(1).outcome().isAbsent()).isTrue();
    }

    // ------------------------------------------------------------------ cache

    @Test
    void cachesAnswersAndAbsentKeysForLess() {
        start(client(2).withCache(10, Duration.ofMinutes(10), Duration.ofMinutes(1)));
        ask(0, 2);
        service.take().answer();
        timers.advance(Duration.ofSeconds(59));
        assertThat(core.cached(0).value()).isEqualTo("0");
        assertThat(core.cached(1).isAbsent()).isTrue();
        timers.advance(Duration.ofSeconds(2));
        assertThat(core.cached(0).value()).isEqualTo("0");
        assertThat(core.cached(1)).isNull();
        timers.advance(Duration.ofMinutes(9));
        assertThat(core.cached(0)).isNull();
    }

    @Test
    void doesNotCacheWhatItIsToldNotTo() {
        start(client(2).withCache(10, Duration.ofMinutes(10), Duration.ZERO).withMaxAttempts(1));
        ask(0, 2);
        service.take().answer(List.of(0));
        assertThat(core.cached(0)).isNull();
        assertThat(core.cached(1)).isNull();
    }

    // ------------------------------------------------------------------ failures

    @Test
    void aCallThatTimesOutIsRepeatedAndItsAnswerIgnored() {
        start(client(1));
        Asked asked = new Asked(0);
        FakeCall late = service.take();
        timers.advance(TIMEOUT);
        assertThat(late.future).isCancelled();
        timers.advance(Duration.ofMillis(100));
        FakeCall repeated = service.take();
        assertThat(repeated.keys).containsExactly(0);
        assertThat(asked.outcomes).isEmpty();
        repeated.answer();
        asked.requireAnswer();
        late.answer();
        timers.advance(Duration.ofMinutes(1));
        asked.requireAnswer();
        assertThat(service.waiting()).isZero();
        assertThat(core.statistics().timedOutCalls.sum()).isEqualTo(1);
    }

    @Test
    void onlyKeysThatFailedAreRepeated() {
        start(client(3));
        List<Asked> asked = ask(0, 3);
        service.take().answer(List.of(1));
        asked.get(0).requireAnswer();
        assertThat(asked.get(1).outcomes).isEmpty();
        asked.get(2).requireAnswer();
        timers.advance(Duration.ofMillis(100));
        FakeCall repeated = service.take();
        assertThat(repeated.keys).containsExactly(1);
        repeated.answer();
        asked.get(1).requireAnswer();
    }

    @Test
    void aKeyThatAlwaysFailsIsGivenUp() {
        start(client(2).withMaxAttempts(3));
        List<Asked> asked = ask(0, 2);
        service.take().answer(List.of(1));
        for (int attempt = 2; attempt <= 3; attempt++) {
            assertThat(asked.get(1).outcomes).isEmpty();
            timers.advance(Duration.ofSeconds(1));
            // Others are answered, so the service is not down.
            ask(10 * attempt, 10 * attempt + 2);
            FakeCall repeated = null;
            for (FakeCall call : service.takeAll()) {
                if (call.keys.contains(1)) {
                    repeated = call;
                } else {
                    call.answer();
                }
            }
            assertThat(repeated.keys).containsExactly(1);
            repeated.answer(List.of(1));
        }
        Outcome<String> outcome = asked.get(1).outcome();
        assertThat(outcome.attempts()).isEqualTo(3);
        assertThat(outcome.failure()).hasMessage("key 1");
        assertThat(core.statistics().givenUpKeys.sum()).isEqualTo(1);
        assertThat(core.keysInFlight()).isZero();
    }

    @Test
    void theBackoffDoublesUpToItsMaximum() {
        start(
                client(1)
                        .withBackoff(Duration.ofMillis(100), Duration.ofMillis(400))
                        .withMaxAttempts(10)
                        .withBreaker(100, Duration.ofSeconds(1), Duration.ofSeconds(1)));
        new Asked(0);
        for (long max : new long[] {100, 200, 400, 400, 400}) {
            service.take().fail(Kind.TRANSIENT);
            timers.advance(Duration.ofMillis(max / 2).minusNanos(1));
            assertThat(service.waiting()).isZero();
            timers.advance(Duration.ofMillis(max / 2).plusNanos(1));
            assertThat(service.waiting()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "true, TRANSIENT, true",
        "false, TRANSIENT, false",
        "true, REJECTED, true",
        "false, REJECTED, true",
        "true, THROTTLED, true",
        "false, THROTTLED, true",
        "true, PERMANENT, false",
        "false, PERMANENT, false",
    })
    void repeatsWhatMayBeRepeated(boolean idempotent, Kind kind, boolean repeated) {
        service = new FakeService(idempotent);
        start(client(1));
        Asked asked = new Asked(0);
        service.take().fail(kind);
        timers.advance(Duration.ofSeconds(1));
        assertThat(service.waiting()).isEqualTo(repeated ? 1 : 0);
        if (!repeated) {
            assertThat(asked.outcome().failure().kind()).isEqualTo(kind);
        }
    }

    @Test
    void aKeyThatTheServiceRefusesDoesNotTakeOthersWithIt() {
        start(client(8));
        List<Asked> asked = ask(0, 8);
        while (service.waiting() > 0) {
            for (FakeCall call : service.takeAll()) {
                if (call.keys.contains(5)) {
                    call.fail(Kind.PERMANENT);
                } else {
                    call.answer();
                }
            }
            timers.run();
        }
        for (Asked one : asked) {
            if (one.key == 5) {
                assertThat(one.outcome().failure().kind()).isEqualTo(Kind.PERMANENT);
            } else {
                one.requireAnswer();
            }
        }
        assertThat(core.breakerState()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void anAnswerOfTheWrongLengthIsNoAnswer() {
        start(client(1));
        Asked asked = new Asked(0);
        service.take().future.complete(List.of());
        assertThat(asked.outcome().failure())
                .hasMessageContaining("numbers")
                .hasMessageContaining("0 answers for 1 keys");
    }

    @Test
    void aBugInTheProtocolIsNotRepeated() {
        start(client(1));
        Asked asked = new Asked(0);
        service.take().future.completeExceptionally(new IllegalStateException("a bug"));
        assertThat(asked.outcome().failure()).hasMessageContaining("a bug");
    }

    // ------------------------------------------------------------------ service down

    @Test
    void theBreakerOpensAndOneCallTriesAgain() {
        start(client(1).withBreaker(3, Duration.ofSeconds(1), Duration.ofSeconds(4)));
        List<Asked> asked = ask(0, 3);
        service.takeAll().forEach(call -> call.fail(Kind.REJECTED));
        assertThat(core.breakerState()).isEqualTo(CircuitBreaker.State.OPEN);
        asked.addAll(ask(3, 6));
        for (int seconds : new int[] {1, 2, 4, 4}) {
            timers.advance(Duration.ofSeconds(seconds).minusNanos(1));
            assertThat(service.waiting()).isZero();
            timers.advance(Duration.ofNanos(1));
            assertThat(core.breakerState()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
            timers.advance(Duration.ofSeconds(3));
            service.take().fail(Kind.REJECTED);
        }
        timers.advance(Duration.ofSeconds(4));
        service.take().answer();
        assertThat(core.breakerState()).isEqualTo(CircuitBreaker.State.CLOSED);
        answerUntilIdle();
        asked.forEach(Asked::requireAnswer);
    }

    @Test
    void theBreakerOpensIfHalfOfTheCallsFail() {
        start(client(1).withMaxAttempts(1));
        for (int i = 0; i < 19; i++) {
            new Asked(i);
            FakeCall call = service.take();
            if (i % 2 == 0) {
                call.fail(Kind.TRANSIENT);
            } else {
                call.answer();
            }
            assertThat(core.breakerState()).isEqualTo(CircuitBreaker.State.CLOSED);
        }
        new Asked(100);
        service.take().fail(Kind.TRANSIENT);
        assertThat(core.breakerState()).isEqualTo(CircuitBreaker.State.OPEN);
    }

    @Test
    void anOutageCostsNoKey() {
        start(client(2).withMaxAttempts(2));
        List<Asked> asked = new ArrayList<>();
        int next = 0;
        while (timers.elapsed().toSeconds() < 40) {
            if (next < 200) {
                asked.addAll(ask(next, next + 2));
                next += 2;
            }
            boolean down = timers.elapsed().toSeconds() < 30;
            for (FakeCall call : service.takeAll()) {
                if (down) {
                    call.fail(next % 3 == 0 ? Kind.TRANSIENT : Kind.REJECTED);
                } else {
                    call.answer();
                }
            }
            timers.advance(Duration.ofMillis(10));
        }
        assertThat(core.statistics().breakerOpened.sum()).isPositive();
        assertThat(core.statistics().calls.sum()).isLessThan(300);
        asked.forEach(Asked::requireAnswer);
    }

    @Test
    void theFailuresThatOpenTheBreakerAreNotTheKeys() {
        start(client(1).withMaxAttempts(2).withBreaker(2, DELAY, DELAY));
        Asked asked = new Asked(0);
        service.take().fail(Kind.TRANSIENT);
        new Asked(1);
        service.take().fail(Kind.TRANSIENT);
        assertThat(core.breakerState()).isEqualTo(CircuitBreaker.State.OPEN);

        // when the service is back, and fails for the key once more
        timers.advance(Duration.ofSeconds(1));
        service.take().answer();
        timers.advance(Duration.ofSeconds(1));
        service.take().fail(Kind.TRANSIENT);
        timers.advance(Duration.ofSeconds(1));
        service.take().answer();
        asked.requireAnswer();
    }

    @ParameterizedTest
    @ValueSource(strings = {"THROTTLED", "REJECTED"})
    void theServiceIsNotCalledBeforeItsRetryAfter(Kind kind) {
        start(client(1));
        Asked first = new Asked(0);
        service.take().fail(kind, Duration.ofSeconds(20));
        Asked second = new Asked(1);
        timers.advance(Duration.ofSeconds(20).minusNanos(1));
        assertThat(service.calls()).isEqualTo(1);
        timers.advance(Duration.ofNanos(1));
        answerUntilIdle();
        first.requireAnswer();
        second.requireAnswer();
    }

    @Test
    void throttlingCostsNoKeyAndDoesNotOpenTheBreaker() {
        start(client(1).withMaxAttempts(2).withTimeout(Duration.ofHours(1)));
        Asked asked = new Asked(0);
        for (int i = 0; i < 50; i++) {
            service.take().fail(Kind.THROTTLED);
            assertThat(core.breakerState()).isEqualTo(CircuitBreaker.State.CLOSED);
            timers.advance(Duration.ofSeconds(6));
        }
        service.take().answer();
        asked.requireAnswer();
    }

    @Test
    void repetitionsAreLimitedToAShareOfTheCalls() {
        // a service that always fails for some keys
        start(
                client(1)
                        .withMaxAttempts(10_000)
                        .withMaxConcurrency(1000)
                        .withBackoff(Duration.ofMillis(20), Duration.ofMillis(20))
                        .withBreaker(1000, Duration.ofSeconds(1), Duration.ofSeconds(1)));
        List<Asked> asked = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            asked.add(new Asked(i));
            for (FakeCall call : service.takeAll()) {
                if (call.keys.get(0) % 10 == 0 && asked.size() < 1900) {
                    call.fail(Kind.TRANSIENT);
                } else {
                    call.answer();
                }
            }
            timers.advance(Duration.ofMillis(1));
        }
        long repeated = core.statistics().repeatedCalls.sum();
        // 10 at first, 10 a second, 10 % of 2000
        assertThat(repeated).isBetween(200L, 10L + 20 + 200);
        answerUntilIdle();
        asked.forEach(Asked::requireAnswer);
    }

    private void answerUntilIdle() {
        while (core.keysInFlight() > 0) {
            service.takeAll().forEach(FakeCall::answer);
            assertThat(timers.advanceToNext() || core.keysInFlight() == 0)
                    .as("something is due, or all is done")
                    .isTrue();
        }
    }

    // ------------------------------------------------------------------ concurrency

    @Test
    void theConcurrencyGrowsWithSuccessesAndFallsWithOverload() {
        start(client(1).withMaxConcurrency(16));
        ask(0, 1000);
        assertThat(service.waiting()).isEqualTo(4);
        assertThat(core.activeCalls()).isEqualTo(4);
        List<FakeCall> calls = new ArrayList<>(service.takeAll());
        while (core.concurrencyLimit() < 16) {
            calls.remove(0).answer();
            calls.addAll(service.takeAll());
        }
        calls.remove(0).answer();
        calls.addAll(service.takeAll());
        assertThat(core.activeCalls()).isEqualTo(16);

        // once for all that were in progress together
        timers.advance(Duration.ofMillis(1));
        calls.get(0).fail(Kind.THROTTLED);
        calls.get(1).fail(Kind.THROTTLED);
        assertThat(core.concurrencyLimit()).isEqualTo(11);
        assertThat(core.activeCalls()).isEqualTo(14);
        assertThat(service.waiting()).isZero();

        // more slowly than at first
        for (int i = 2; i < 10; i++) {
            calls.get(i).answer();
        }
        assertThat(core.concurrencyLimit()).isEqualTo(11);
    }

    @Test
    void callsThatCompleteAtOnceDoNotPileUp() {
        service.automatic = true;
        start(client(1));
        List<Asked> asked = ask(0, 20_000);
        timers.run();
        asked.forEach(Asked::requireAnswer);
    }

    // ------------------------------------------------------------------ all at once

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void eachKeyGetsOneRightOutcomeWhateverHappens(long seed) {
        Random random = new Random(seed);
        int batchSize = 1 + random.nextInt(5);
        ServiceClient<Integer, String> client =
                client(batchSize).withMaxConcurrency(1 + random.nextInt(8));
        if (random.nextBoolean()) {
            client.withCache(20, Duration.ofSeconds(5), Duration.ofSeconds(1));
        }
        start(client);
        List<Asked> asked = new ArrayList<>();
        List<FakeCall> calls = new ArrayList<>();
        int maxConcurrency = client.maxConcurrency;
        for (int step = 0; step < 5000; step++) {
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> {
                    int key = random.nextInt(50);
                    Outcome<String> cached = core.cached(key);
                    if (cached == null) {
                        asked.add(new Asked(key));
                    } else {
                        assertThat(cached.value()).isEqualTo(FakeService.answerFor(key).value());
                    }
                }
                case 3 -> timers.advance(Duration.ofMillis(random.nextInt(500)));
                case 4 -> core.flush();
                default -> end(calls, random);
            }
            calls.addAll(service.takeAll());
            requireDistinctKeys(calls);
            assertThat(core.activeCalls()).isLessThanOrEqualTo(maxConcurrency);
        }
        while (core.keysInFlight() > 0) {
            calls.addAll(service.takeAll());
            calls.forEach(FakeCall::answer);
            calls.clear();
            timers.advance(Duration.ofSeconds(1));
        }
        for (Asked one : asked) {
            if (one.outcome().failure() == null) {
                one.requireAnswer();
            } else {
                assertThat(one.outcome().attempts()).isPositive();
            }
        }
        assertThat(core.activeCalls()).isZero();
    }

    private static void end(List<FakeCall> calls, Random random) {
        if (calls.isEmpty()) {
            return;
        }
        FakeCall call = calls.remove(random.nextInt(calls.size()));
        switch (random.nextInt(8)) {
            case 0 -> call.fail(KINDS.get(random.nextInt(KINDS.size())));
            case 1 -> call.fail(Kind.THROTTLED, Duration.ofMillis(random.nextInt(3000)));
            case 2 -> call.answer(call.keys.subList(0, 1));
            case 3 -> {
                // Never answered: it times out.
            }
            default -> call.answer();
        }
    }

    /** No key is asked for twice at the same time. */
    private static void requireDistinctKeys(List<FakeCall> calls) {
        Set<Integer> keys = new HashSet<>();
        for (FakeCall call : calls) {
            if (!call.future.isDone()) {
                for (int key : call.keys) {
                    assertThat(keys.add(key)).as("key %d is in one call", key).isTrue();
                }
            }
        }
    }
}
