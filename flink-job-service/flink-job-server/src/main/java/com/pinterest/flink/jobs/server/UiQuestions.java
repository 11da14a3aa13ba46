// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.pinterest.flink.jobs.protocol.Deployment;
import com.pinterest.flink.jobs.protocol.Kind;
import com.pinterest.flink.jobs.protocol.Operation;
import com.pinterest.flink.jobs.protocol.RunSpec;
import com.pinterest.flink.jobs.protocol.RunSpec.UpgradeMode;
import com.pinterest.flink.jobs.protocol.SavepointEntry;
import com.pinterest.flink.jobs.server.UiModel.Choice;
import com.pinterest.flink.jobs.server.UiModel.Field;
import com.pinterest.flink.jobs.server.UiModel.Input;
import com.pinterest.flink.jobs.server.UiModel.Question;
import com.pinterest.flink.jobs.store.JobDatabase;
import com.pinterest.flink.jobs.store.Rows.Job;
import com.pinterest.flink.jobs.store.Rows.Overview;
import com.pinterest.flink.jobs.store.Rows.Revision;
import com.pinterest.flink.jobs.store.Rows.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the user interface asks before it does something: what will happen to this job, in words.
 */
final class UiQuestions {

    private static final int REVISIONS = 50;

    private final JobDatabase database;

    UiQuestions(JobDatabase database) {
        this.database = database;
    }

    /** The operations that fit what runs; the usual ones first. */
    static List<Kind> actions(Overview job) {
        if (job.open().isPresent()) {
            return List.of();
        }
        Optional<Run> newest = job.newest();
        if (newest.isEmpty()) {
            return List.of(Kind.SUBMIT);
        }
        if (newest.get().deployment().isEnded()) {
            return List.of(Kind.SUBMIT, Kind.RECOVER);
        }
        List<Kind> actions = new ArrayList<>();
        if (job.job().generation() > 1) {
            actions.add(Kind.UPGRADE);
        }
        actions.addAll(
                List.of(
                        Kind.SAVEPOINT,
                        Kind.RESTART,
                        Kind.RESCALE,
                        Kind.HOTFIX,
                        Kind.STOP,
                        Kind.CANCEL));
        return actions;
    }

    /**
     * The question for an operation.
     *
     * @param wanted the revision that was chosen, empty for the usual one
     */
    Question of(Overview overview, Kind kind, Optional<Long> wanted, String key) {
        Job job = overview.job();
        Optional<Deployment> live =
                overview.newest().map(Run::deployment).filter(run -> !run.isEnded());
        Optional<Deployment> last = overview.newest().map(Run::deployment);
        if (kind.needsRun() && live.isEmpty()) {
            throw Problem.of(409, "wrong-phase", job.key() + " does not run");
        }
        String name = job.key().toString();
        List<String> effects = new ArrayList<>();
        List<Field> fields = new ArrayList<>();
        List<LineDiff.Line> diff = List.of();
        boolean danger = false;
        String button;
        switch (kind) {
            case SUBMIT -> {
                long revision = wanted.orElse(job.generation());
                button = "Start " + name;
                effects.add("The service makes sure that no run of " + name + " is left.");
                effects.add("It starts epoch " + (epoch(last) + 1) + " from the state below.");
                effects.add("It compares the state that the run began with to that one.");
                fields.add(revisions(job, revision, 0));
                fields.add(states(job, last));
            }
            case RECOVER -> {
                button = "Recover " + name;
                effects.add(
                        "The service looks for the newest checkpoint or savepoint of epoch "
                                + epoch(last)
                                + ".");
                effects.add("It starts epoch " + (epoch(last) + 1) + " from it.");
            }
            case SAVEPOINT -> {
                button = "Take a savepoint";
                effects.add(
                        "Flink writes a savepoint of epoch "
                                + epoch(live)
                                + " below "
                                + running(live.orElseThrow()).savepointDirectory()
                                + ".");
                effects.add("The job runs on meanwhile.");
            }
            case STOP -> {
                button = "Stop " + name;
                danger = true;
                effects.add("Epoch " + epoch(live) + " is stopped with a savepoint.");
                effects.add("If the savepoint fails, the job runs on.");
                effects.add("Afterwards nothing runs until someone starts the job again.");
                fields.add(
                        Field.of(
                                Input.CHECK,
                                "drain",
                                "Send the last watermark first (drain)",
                                "All windows and timers fire. Only for a job that is not to go on"
                                        + " from this savepoint.",
                                ""));
            }
            case CANCEL -> {
                button = "Cancel " + name;
                danger = true;
                effects.add("Epoch " + epoch(live) + " ends at once, without a savepoint.");
                effects.add(
                        "A later start goes on from its newest checkpoint, and reads again what"
                                + " came after it.");
                effects.add("Afterwards nothing runs until someone starts the job again.");
            }
            case UPGRADE -> {
                long from = live.orElseThrow().revision();
                long to = wanted.orElse(job.generation());
                button = "Upgrade " + name;
                effects.addAll(replace(job, live.orElseThrow(), "the chosen revision"));
                fields.add(revisions(job, to, from));
                diff = diff(job, from, to);
            }
            case RESTART -> {
                button = "Restart " + name;
                effects.addAll(replace(job, live.orElseThrow(), "the same revision"));
            }
            case RESCALE -> {
                button = "Rescale " + name;
                effects.addAll(replace(job, live.orElseThrow(), "a revision with it"));
                fields.add(
                        Field.of(
                                Input.NUMBER,
                                "parallelism",
                                "Parallelism",
                                "",
                                Integer.toString(
                                        Math.max(1, running(live.orElseThrow()).parallelism()))));
            }
            case HOTFIX -> {
                button = "Change the configuration";
                effects.addAll(replace(job, live.orElseThrow(), "a revision with it"));
                fields.add(
                        Field.of(
                                Input.LINES,
                                "configuration",
                                "Configuration",
                                "One KEY: VALUE a line. The other keys stay as they are.",
                                ""));
            }
            default -> throw new IllegalStateException("no question for " + kind);
        }
        String path = UiModel.jobPath(job);
        return new Question(
                title(kind) + " " + name,
                path + "/do/" + OperationRequests.word(kind),
                path,
                button,
                effects,
                danger,
                fields,
                diff,
                key);
    }

    /** The question whether an operation is to end. */
    static Question abort(Operation operation) {
        List<String> effects = new ArrayList<>();
        if (operation.starts() > 0 || operation.request().kind().replaces()) {
            effects.add("If it has changed nothing yet, it ends at once.");
            effects.add(
                    operation.request().kind().replaces()
                            ? "Otherwise the new run is cancelled, and revision "
                                    + operation.fromRevision()
                                    + " starts again from what it left."
                            : "Otherwise the new run is cancelled, and nothing runs afterwards.");
        } else {
            effects.add("It ends as soon as what it has begun allows.");
        }
        return new Question(
                "End the " + OperationRequests.word(operation.request().kind()),
                "/ui/operations/" + operation.id() + "/abort",
                "/ui/operations/" + operation.id(),
                "End it",
                effects,
                true,
                List.of(),
                List.of(),
                "");
    }

    static String title(Kind kind) {
        return switch (kind) {
            case SUBMIT -> "Start";
            case RECOVER -> "Recover";
            case SAVEPOINT -> "Savepoint";
            case STOP -> "Stop";
            case CANCEL -> "Cancel";
            case UPGRADE -> "Upgrade";
            case RESTART -> "Restart";
            case RESCALE -> "Rescale";
            case HOTFIX -> "Hotfix";
        };
    }

    private static long epoch(Optional<Deployment> run) {
        return run.map(Deployment::epoch).orElse(0L);
    }

    private RunSpec running(Deployment live) {
        return database.revision(live.job(), live.revision()).orElseThrow().spec();
    }

    private List<String> replace(Job job, Deployment live, String what) {
        RunSpec spec = running(live);
        List<String> effects = new ArrayList<>();
        effects.add(
                "Preflight: the artifact, the slots, the directory of savepoints and the plan of "
                        + what
                        + " are checked. If something is wrong, the running job is not touched.");
        effects.add(
                spec.upgradeMode() == UpgradeMode.SAVEPOINT
                        ? "Epoch "
                                + live.epoch()
                                + " is stopped with a savepoint. If that fails, it runs on."
                        : "Epoch " + live.epoch() + " is cancelled.");
        effects.add(
                "Epoch "
                        + (live.epoch() + 1)
                        + " starts with "
                        + what
                        + (switch (spec.upgradeMode()) {
                            case SAVEPOINT -> ", from the savepoint.";
                            case LAST_STATE -> ", from the newest checkpoint.";
                            case STATELESS -> ", without state.";
                        }));
        effects.add(
                "It has to complete "
                        + spec.stableCheckpoints()
                        + " checkpoints without a restart"
                        + (spec.stableThroughput() == 0
                                ? ""
                                : ", and to read at least "
                                        + spec.stableThroughput()
                                        + " % as fast as now or to have nothing left to read")
                        + ". Otherwise revision "
                        + live.revision()
                        + " of "
                        + job.key()
                        + " starts again from the same state.");
        return effects;
    }

    private Field revisions(Job job, long chosen, long running) {
        List<Choice> choices = new ArrayList<>();
        for (Revision revision : database.revisions(job.key(), REVISIONS)) {
            if (revision.number() == running) {
                continue;
            }
            choices.add(
                    new Choice(
                            Long.toString(revision.number()),
                            revision.number()
                                    + (revision.number() == job.generation() ? " (newest)" : "")
                                    + (revision.number() == job.stableRevision() ? " (stable)" : "")
                                    + ", by "
                                    + revision.createdBy()
                                    + ", "
                                    + Words.time(revision.createdAt()),
                            revision.number() == chosen));
        }
        return Field.choice("revision", "Revision", "", choices);
    }

    private Field states(Job job, Optional<Deployment> last) {
        List<Choice> choices = new ArrayList<>();
        choices.add(
                new Choice(
                        "latest",
                        last.isEmpty()
                                ? "none: this is the first start"
                                : "the newest that the last run has left",
                        true));
        if (last.isPresent()) {
            choices.add(new Choice("fresh", "none: begin anew", false));
        }
        for (SavepointEntry savepoint : database.savepoints(job.key())) {
            choices.add(
                    new Choice(
                            savepoint.path(),
                            "savepoint of epoch "
                                    + savepoint.epoch()
                                    + ", "
                                    + Words.time(savepoint.createdAt()),
                            false));
        }
        return Field.choice("from", "State to begin with", "", choices);
    }

    private List<LineDiff.Line> diff(Job job, long from, long to) {
        Optional<Revision> before = database.revision(job.key(), from);
        Optional<Revision> after = database.revision(job.key(), to);
        return before.isPresent() && after.isPresent()
                ? LineDiff.of(before.get().document(), after.get().document())
                : List.of();
    }
}
