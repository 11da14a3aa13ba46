// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.pinterest.flink.jobs.protocol.Kind;
import com.pinterest.flink.jobs.protocol.Operation;
import com.pinterest.flink.jobs.protocol.SavepointEntry;
import com.pinterest.flink.jobs.server.Words.Tone;
import com.pinterest.flink.jobs.store.Rows.AuditEntry;
import com.pinterest.flink.jobs.store.Rows.Job;
import com.pinterest.flink.jobs.store.Rows.Overview;
import com.pinterest.flink.jobs.store.Rows.Revision;
import com.pinterest.flink.jobs.store.Rows.Run;
import com.pinterest.flink.jobs.store.Rows.StepEntry;
import java.net.URLEncoder;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the templates of the pages get. */
final class UiModel {

    private UiModel() {}

    /**
     * What all pages have.
     *
     * @param user empty if nobody is signed in
     * @param token that forms send back, empty without a user
     * @param section of the navigation, where the page is
     */
    record Page(
            String title, String user, String role, boolean admin, String token, String section) {

        boolean isSignedIn() {
            return !user.isEmpty();
        }
    }

    /**
     * What was last seen of a job.
     *
     * @param answered whether the last look was answered
     * @param age of that, in seconds; -1 if there is nothing to see
     */
    record Evidence(String phase, Tone tone, String detail, boolean answered, long age) {

        boolean isAged() {
            return age >= 0;
        }

        boolean isStale() {
            return age > Words.STALE_SECONDS;
        }

        static Evidence of(Overview job, Instant now) {
            String phase = Phases.of(job.newest(), job.open());
            Optional<Run> live = job.newest().filter(run -> !run.deployment().isEnded());
            if (live.isPresent()) {
                return new Evidence(
                        phase,
                        Words.toneOfPhase(phase),
                        live.get().seenDetail(),
                        !live.get().seenState().equals(Watcher.UNKNOWN),
                        Words.age(live.get().seenAt(), now));
            }
            String detail =
                    job.newest()
                            .map(
                                    run ->
                                            "epoch "
                                                    + run.deployment().epoch()
                                                    + " ended: "
                                                    + Words.plain(run.deployment().end().name())
                                                    + (run.deployment().cause().isEmpty()
                                                            ? ""
                                                            : ", " + run.deployment().cause()))
                            .orElse("was never started");
            return new Evidence(phase, Words.toneOfPhase(phase), detail, true, -1);
        }
    }

    /** A job in the list of all. */
    record FleetRow(Overview job, Evidence evidence) {

        String path() {
            return jobPath(job.job());
        }

        String revision() {
            return job.newest()
                    .filter(run -> !run.deployment().isEnded())
                    .map(run -> Long.toString(run.deployment().revision()))
                    .orElse("–");
        }

        String cluster() {
            return job.newest().map(run -> run.deployment().cluster()).orElse("–");
        }
    }

    /** A phase and how many jobs are in it. */
    record Tile(String phase, Tone tone, long jobs, boolean chosen) {}

    /**
     * The list of all jobs.
     *
     * @param all how many there are that the user may see
     * @param matching how many the filter lets pass
     */
    record Fleet(
            List<FleetRow> rows,
            List<Tile> tiles,
            long all,
            long matching,
            String text,
            String phase) {

        /** The address of the same list. */
        String query() {
            return Ui.ROOT
                    + "?q="
                    + URLEncoder.encode(text, UTF_8)
                    + "&phase="
                    + URLEncoder.encode(phase, UTF_8);
        }
    }

    /** A job. */
    record JobView(
            Overview overview,
            Evidence evidence,
            String clusterAddress,
            List<Kind> actions,
            List<Run> runs,
            List<SavepointEntry> savepoints,
            List<Operation> operations,
            Instant now) {

        Job job() {
            return overview.job();
        }

        String path() {
            return jobPath(job());
        }

        boolean hasNewerRevision() {
            return overview.newest()
                    .filter(run -> !run.deployment().isEnded())
                    .map(run -> run.deployment().revision() != job().generation())
                    .orElse(false);
        }
    }

    /** A step of an operation, and how long it took. */
    record TimelineStep(String name, String explanation, List<TimelineEntry> entries) {}

    /**
     * What happened in a step.
     *
     * @param after milliseconds since the operation was opened
     */
    record TimelineEntry(StepEntry entry, long after) {}

    /** An operation. */
    record OperationView(
            Operation operation, List<TimelineStep> steps, boolean mayAbort, Instant now) {

        String jobPath() {
            return "/ui/jobs/" + operation.job();
        }
    }

    /** The revisions of a job, and the difference of two of them. */
    record Revisions(
            Job job,
            List<Revision> revisions,
            long running,
            long from,
            long to,
            List<LineDiff.Line> diff,
            boolean mayOperate) {

        String path() {
            return jobPath(job);
        }
    }

    /**
     * A question before something is done.
     *
     * @param button what the button says
     * @param effects what will happen, one after the other
     * @param danger whether it ends something that is not started again by itself
     * @param fields the inputs that the question has
     * @param key names the request, so that sending it twice does it once
     */
    record Question(
            String title,
            String action,
            String back,
            String button,
            List<String> effects,
            boolean danger,
            List<Field> fields,
            List<LineDiff.Line> diff,
            String key) {}

    /** An input of a question. */
    record Field(
            Input input,
            String name,
            String label,
            String hint,
            String value,
            List<Choice> choices) {

        static Field choice(String name, String label, String hint, List<Choice> choices) {
            return new Field(Input.CHOICE, name, label, hint, "", choices);
        }

        static Field of(Input input, String name, String label, String hint, String value) {
            return new Field(input, name, label, hint, value, List.of());
        }
    }

    /** The kind of an input. */
    enum Input {
        CHOICE,
        CHECK,
        NUMBER,
        TEXT,
        LINES
    }

    /** One of several values. */
    record Choice(String value, String label, boolean chosen) {}

    /** A cluster and whether it answers. */
    record ClusterRow(String name, String address, boolean answers, String detail, long jobs) {}

    /** The newest entries of the audit. */
    record Audit(List<AuditEntry> entries, Optional<Long> firstForged) {}

    static String jobPath(Job job) {
        return "/ui/jobs/" + job.key();
    }
}
