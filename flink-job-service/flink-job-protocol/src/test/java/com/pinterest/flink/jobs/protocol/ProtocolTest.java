// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.jobs.protocol.Operation.After;
import com.pinterest.flink.jobs.protocol.Operation.Edit;
import com.pinterest.flink.jobs.protocol.RunSpec.UpgradeMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Single decisions, of which a life of a job seldom has need. */
final class ProtocolTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Timing TIMING = Timing.standard();
    private static final JobKey JOB = new JobKey("ads", "flights");
    private static final String SAVEPOINT = "/savepoints/ads/flights/1/a/savepoint";

    private final Protocol protocol = new Protocol(TIMING);
    private final Deployment running = deployment(1);

    @Test
    void eachAttemptHasADirectoryOfItsOwn() {
        Operation secondAttempt = open(Kind.SAVEPOINT).nextAttempt().done();

        assertThat(view(secondAttempt, running).savepointDirectories(running))
                .hasSize(2)
                .doesNotHaveDuplicates();
    }

    @Test
    void savepointIsNotTheLastStateOfARunThatFailedAfterIt() {
        // given
        Operation upgrade = open(Kind.UPGRADE).enter(Step.STOP, NOW).sent(NOW).done();

        // when
        Change change =
                decide(
                        upgrade,
                        Facts.savepoint(
                                run(RunState.FAILED),
                                Finding.no("not known"),
                                Finding.yes(SAVEPOINT, "complete")),
                        NOW);

        // then
        assertThat(change.ended().orElseThrow().finalState()).isEmpty();
        assertThat(change.savepoint().orElseThrow().path()).isEqualTo(SAVEPOINT);
        assertThat(change.operation().step()).isEqualTo(Step.FIND_STATE);
        assertThat(change.operation().baseState()).isEmpty();
    }

    @Test
    void savepointIsTheLastStateOfARunThatItHasStopped() {
        Operation upgrade = open(Kind.UPGRADE).enter(Step.STOP, NOW).sent(NOW).done();

        Change change =
                decide(
                        upgrade,
                        Facts.savepoint(
                                run(RunState.FINISHED),
                                Finding.no("not known"),
                                Finding.yes(SAVEPOINT, "complete")),
                        NOW);

        assertThat(change.ended().orElseThrow().finalState()).isEqualTo(SAVEPOINT);
        assertThat(change.operation().step()).isEqualTo(Step.CLEAR);
        assertThat(change.operation().baseState()).isEqualTo(SAVEPOINT);
    }

    @Test
    void rollbackBeginsWithTheSavepointOfItsUpgrade() {
        // given
        Operation upgrade =
                open(Kind.UPGRADE)
                        .started(2)
                        .baseState(SAVEPOINT)
                        .failure("not stable")
                        .after(After.ROLL_BACK)
                        .enter(Step.CLEAR, NOW)
                        .done();
        Deployment old = running.ended(RunState.FINISHED, "", SAVEPOINT);
        Deployment bad = deployment(2).ended(RunState.CANCELED, "", "");

        // when
        Change change =
                protocol.decide(
                                new View(
                                        "instance",
                                        upgrade,
                                        List.of(bad, old),
                                        revisions(),
                                        List.of(),
                                        false),
                                Facts.NONE,
                                NOW)
                        .change();

        // then
        Deployment started = change.started().orElseThrow();
        assertThat(started.epoch()).isEqualTo(3);
        assertThat(started.revision()).isEqualTo(1);
        assertThat(started.restorePath()).isEqualTo(SAVEPOINT);
    }

    @Test
    void missingAnswerEndsNothing() {
        // given
        Operation submit = open(Kind.SUBMIT).done();
        Facts unanswered = Facts.run(Finding.unknown("no answer"));

        // when
        Change early = decide(submit, unanswered, NOW.plusSeconds(1));
        Change late = decide(submit, unanswered, NOW.plus(TIMING.look()).plusSeconds(1));

        // then
        assertThat(early).isNull();
        assertThat(late.operation().state()).isEqualTo(OperationState.BLOCKED);
        assertThat(late.ended()).isEmpty();
    }

    @Test
    void denialThatAMissingAnswerInterruptsBeginsAgain() {
        // given
        Operation submit = open(Kind.SUBMIT).done();
        Facts denied = Facts.run(Finding.no("not known"));
        Facts unanswered = Facts.run(Finding.unknown("no answer"));
        Duration half = TIMING.settle().dividedBy(2);

        // when
        Operation first = decide(submit, denied, NOW).operation();
        Operation interrupted = decide(first, unanswered, NOW.plus(half)).operation();
        Instant again = NOW.plus(TIMING.settle());
        Change second = decide(interrupted, denied, again);
        Change third = decide(second.operation(), denied, again.plus(TIMING.settle()));

        // then
        assertThat(second.ended()).isEmpty();
        assertThat(second.operation().noSince()).isEqualTo(again);
        assertThat(third.ended().orElseThrow().end()).isEqualTo(RunState.LOST);
    }

    @Test
    void denialThatTheLeaderTakesBackBeginsAgain() {
        // given
        Operation start = open(Kind.SUBMIT).enter(Step.RUNNING, NOW).done();
        Facts denied = Facts.run(Finding.no("not known"));

        // when
        Operation first = decide(start, denied, NOW).operation();
        Operation back =
                decide(first, Facts.run(run(RunState.STARTING)), NOW.plusSeconds(1)).operation();
        Change again = decide(back, denied, NOW.plus(TIMING.settle()));

        // then
        assertThat(again.ended()).isEmpty();
        assertThat(again.operation().noSince()).isEqualTo(NOW.plus(TIMING.settle()));
    }

    @Test
    void savepointThatTheStorageCannotShowIsWaitedFor() {
        Operation stop = open(Kind.STOP).sent(NOW).done();
        Facts unseen =
                Facts.savepoint(
                        run(RunState.FAILED),
                        Finding.no("not known"),
                        Finding.unknown("the storage is slow"));

        assertThat(decide(stop, unseen, NOW.plusSeconds(1))).isNull();
    }

    @Test
    void startThatAnEarlierLeaderMayHaveGotIsNotSentToTheNextOne() {
        // given
        Operation sent = open(Kind.SUBMIT).enter(Step.START, NOW).started(1).sent(NOW).done();
        Instant later = NOW.plus(TIMING.resend());

        // when
        Decision ofAnother =
                protocol.decide(
                        view(sent, running), Facts.start(Finding.no("not known"), null), later);
        Decision ofTheSame =
                protocol.decide(
                        view(sent, running),
                        Facts.start(Finding.noOfSameLeader("not known"), null),
                        later);

        // then
        assertThat(ofAnother.effect()).isNull();
        assertThat(ofAnother.change().operation().noSince()).isEqualTo(later);
        assertThat(ofTheSame.effect()).isNotNull();
        assertThat(ofTheSame.change().operation().sends()).isEqualTo(2);
    }

    @Test
    void paceOfTheOldRunIsAskedForBeforeItIsTouched() {
        // given
        Operation upgrade = open(Kind.UPGRADE).done();
        Finding<String> ready = Finding.yes("", "ready");
        Pace pace = new Pace(1_000, -1);

        // when
        Change known = decide(upgrade, Facts.ready(ready, progress(pace)), NOW);
        Change unknownYet = decide(upgrade, Facts.ready(ready, progress(null)), NOW);
        Change unknown = decide(upgrade, Facts.ready(ready, progress(null)), NOW.plusSeconds(10));
        Facts unanswered = Facts.ready(ready, Finding.unknown("no answer"));
        Change unansweredYet = decide(upgrade, unanswered, NOW);
        Change neverAnswered = decide(upgrade, unanswered, NOW.plusSeconds(10));

        // then
        assertThat(known.operation().step()).isEqualTo(Step.STOP);
        assertThat(known.operation().pace()).isEqualTo(pace);
        assertThat(unknownYet).isNull();
        assertThat(unknown.operation().step()).isEqualTo(Step.STOP);
        assertThat(unknown.operation().pace()).isNull();
        assertThat(unansweredYet).isNull();
        assertThat(neverAnswered.operation().step()).isEqualTo(Step.STOP);
    }

    @Test
    void runThatReadsSlowerThanTheOneBeforeItIsNotStable() {
        Pace before = new Pace(1_000, 500);

        assertThat(stable(before, new Pace(800, 1_000_000))).isTrue();
        assertThat(stable(before, new Pace(799, 1_000_000))).isFalse();
        assertThat(stable(before, new Pace(799, -1))).isFalse();
        assertThat(stable(before, null)).isFalse();
        // Ten seconds of input are no lag, and who has read all has nothing to be fast at.
        assertThat(stable(before, new Pace(0, 10_500))).isTrue();
        assertThat(stable(before, new Pace(0, 10_501))).isFalse();
        assertThat(stable(new Pace(1_000, -1), new Pace(0, 10_000))).isTrue();
        assertThat(stable(new Pace(0, -1), new Pace(0, -1))).isTrue();
        assertThat(stable(null, null)).isTrue();
    }

    private boolean stable(Pace before, Pace after) {
        Operation upgrade = open(Kind.UPGRADE).pace(before).enter(Step.STABLE, NOW).done();
        Facts facts = Facts.progress(run(RunState.RUNNING), progress(after));
        Change change = decide(upgrade, facts, NOW.plusSeconds(1));
        return change != null && change.operation().isClosed();
    }

    @Test
    void slowRunGoesBackInTimeAndTheOldRevisionMayBeAsSlow() {
        // given
        Edit upgrade = open(Kind.UPGRADE).pace(new Pace(1_000, -1)).enter(Step.STABLE, NOW);
        Facts slow = Facts.progress(run(RunState.RUNNING), progress(new Pace(10, -1)));
        Instant late = NOW.plus(TIMING.stable()).plusSeconds(1);

        // when
        Change back = decide(upgrade.done(), slow, late);
        Change old = decide(upgrade.after(After.ROLL_BACK).done(), slow, late);

        // then
        assertThat(back.operation().after()).isEqualTo(After.ROLL_BACK);
        assertThat(back.operation().failure())
                .startsWith("not stable in time")
                .endsWith("the run before read 1,000.0 records/s");
        assertThat(old.operation().state()).isEqualTo(OperationState.ROLLED_BACK);
    }

    private static Finding<Progress> progress(Pace pace) {
        return Finding.yes(new Progress(true, 2, 0, pace), "2 checkpoints");
    }

    private Change decide(Operation operation, Facts facts, Instant now) {
        return protocol.decide(view(operation, running), facts, now).change();
    }

    private Edit open(Kind kind) {
        return Operation.open(new UUID(1, 2), JOB, Request.of(kind, 2, "user"), running, NOW)
                .edit();
    }

    private static Finding<RunStatus> run(RunState state) {
        return Finding.yes(new RunStatus(state, ""), state.toString());
    }

    private static View view(Operation operation, Deployment run) {
        return new View("instance", operation, List.of(run), revisions(), List.of(), false);
    }

    private static Map<Long, RunSpec> revisions() {
        RunSpec spec =
                new RunSpec(
                        "session",
                        "a",
                        "Good",
                        List.of(),
                        0,
                        Map.of(),
                        false,
                        "/savepoints",
                        UpgradeMode.SAVEPOINT,
                        2,
                        80,
                        null,
                        0,
                        Retention.ALL);
        return Map.of(1L, spec, 2L, spec);
    }

    private static Deployment deployment(long epoch) {
        return new Deployment(JOB, epoch, epoch, "session", "run" + epoch, "", NOW, null, "", "");
    }
}
