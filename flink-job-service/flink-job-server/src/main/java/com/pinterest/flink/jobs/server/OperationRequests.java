// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.pinterest.flink.jobs.protocol.Kind;
import com.pinterest.flink.jobs.protocol.Operation;
import com.pinterest.flink.jobs.protocol.Request;
import com.pinterest.flink.jobs.protocol.Request.From;
import com.pinterest.flink.jobs.server.Access.Principal;
import com.pinterest.flink.jobs.server.Access.Role;
import com.pinterest.flink.jobs.store.JobDatabase;
import com.pinterest.flink.jobs.store.RefusedException;
import com.pinterest.flink.jobs.store.Rows.Job;
import com.pinterest.flink.jobs.store.Rows.Run;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Opens operations: what was asked for becomes a request that fits what runs. Thread-safe. */
final class OperationRequests {

    private final JobDatabase database;
    private final Clock clock;

    OperationRequests(JobDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * What someone wants.
     *
     * @param revision to start; empty for the newest one
     * @param from latest, which is the default, fresh, or a path
     * @param parallelism of a rescale
     * @param configuration of a hotfix
     */
    record Wish(
            Kind kind,
            Optional<Long> revision,
            String from,
            boolean drain,
            int parallelism,
            Map<String, String> configuration) {

        /** A wish with the usual choices. */
        static Wish of(Kind kind) {
            return new Wish(kind, Optional.empty(), "", false, 0, Map.of());
        }
    }

    /** The operation of a word such as upgrade. */
    static Optional<Kind> kind(String word) {
        for (Kind kind : Kind.values()) {
            if (word(kind).equals(word)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    static String word(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Opens an operation, or returns the one that the same request has opened before.
     *
     * @param key names the request, see {@link JobDatabase#openOperation}
     */
    Operation open(Job job, Wish wish, Principal principal, Optional<String> key, String digest)
            throws RefusedException, SpecException {
        principal.require(Role.OPERATOR, job.key());
        // First: what the request means depends on what runs, and that may be its own doing.
        Optional<Operation> earlier = database.earlier(job.key(), principal.name(), key, digest);
        if (earlier.isPresent()) {
            return earlier.get();
        }
        return database.openOperation(
                job.key(), request(job, wish, principal), key, digest, clock.instant());
    }

    private Request request(Job job, Wish wish, Principal principal)
            throws RefusedException, SpecException {
        Optional<Run> newest = database.runs(job.key(), 1).stream().findFirst();
        boolean lives = newest.isPresent() && !newest.get().deployment().isEnded();
        Kind kind = wish.kind();
        if (kind == Kind.SUBMIT && lives) {
            // A name is a job: what runs under it is replaced.
            kind = Kind.UPGRADE;
        } else if (kind == Kind.UPGRADE && !lives) {
            kind = Kind.SUBMIT;
        }
        long running = newest.map(run -> run.deployment().revision()).orElse(job.generation());
        long revision =
                switch (kind) {
                    case SUBMIT, UPGRADE -> wish.revision().orElse(job.generation());
                    case RESCALE, HOTFIX ->
                            lives ? derived(job, running, kind, wish, principal) : 0;
                    default -> running;
                };
        if (kind == Kind.UPGRADE && revision == running) {
            throw Problem.of(
                    409,
                    "runs-already",
                    job.key()
                            + " runs revision "
                            + revision
                            + " already; to start it anew: restart");
        }
        if (database.revision(job.key(), Math.max(1, revision)).isEmpty()) {
            throw Problem.of(404, "not-found", job.key() + " has no revision " + revision);
        }
        From from =
                switch (wish.from()) {
                    case "", "latest" -> From.LATEST;
                    case "fresh" -> From.FRESH;
                    default -> From.PATH;
                };
        return new Request(
                kind,
                revision,
                from,
                from == From.PATH ? wish.from() : "",
                wish.drain(),
                principal.name());
    }

    /** Registers the running revision with another parallelism, or with other configuration. */
    private long derived(Job job, long running, Kind kind, Wish wish, Principal principal)
            throws SpecException, RefusedException {
        String document = database.revision(job.key(), running).orElseThrow().document();
        String changed;
        if (kind == Kind.RESCALE) {
            if (wish.parallelism() < 1) {
                throw Problem.of(400, "bad-parallelism", "parallelism has to be at least 1");
            }
            changed = SpecEdits.withParallelism(document, wish.parallelism());
        } else {
            if (wish.configuration().isEmpty()) {
                throw Problem.of(400, "bad-configuration", "configuration is missing");
            }
            changed = SpecEdits.withConfiguration(document, wish.configuration());
        }
        JobSpec spec = JobSpec.read(List.of(new JobSpec.File("derived", changed)), Map.of());
        return database.register(
                job.key(),
                spec.document(),
                spec.run(),
                Optional.empty(),
                principal.name(),
                clock.instant());
    }
}
