// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.pinterest.flink.jobs.protocol.JobKey;
import com.pinterest.flink.jobs.store.JobDatabase;
import com.pinterest.flink.jobs.store.Rows.TokenEntry;
import java.util.Locale;
import java.util.Optional;

/** Who may do what: bearer tokens with a role, everywhere, in one namespace, or for one job. */
final class Access {

    private static final String BEARER = "Bearer ";

    private final JobDatabase database;

    Access(JobDatabase database) {
        this.database = database;
    }

    /** What a token is good for; each role may do what the ones before it may. */
    enum Role {
        /** To look. */
        VIEWER,
        /** To register jobs and to operate on them. */
        OPERATOR,
        /** All else: clusters, tokens, the audit. */
        ADMIN;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Optional<Role> of(String word) {
            for (Role role : values()) {
                if (role.word().equals(word)) {
                    return Optional.of(role);
                }
            }
            return Optional.empty();
        }
    }

    /**
     * Someone who has shown a token.
     *
     * @param scope where it is good: a namespace, a job as NAMESPACE/NAME, or empty for everywhere
     */
    record Principal(String name, Role role, String scope) {

        /** The namespace of its jobs, empty for all. */
        String namespace() {
            return scope.replaceFirst("/.*", "");
        }

        /** Whether it may see a job. */
        boolean sees(JobKey job) {
            return isForAll() || scope.equals(job.namespace()) || scope.equals(job.toString());
        }

        boolean isForAll() {
            return scope.isEmpty();
        }

        /** What it is good for, for people. */
        String describe() {
            return role.word() + (isForAll() ? "" : " of " + scope);
        }

        void require(Role needed, JobKey job) {
            require(needed, sees(job), " of " + job.namespace() + " or of " + job);
        }

        /** For what belongs to no namespace, and is seen by those of each. */
        void require(Role needed) {
            require(needed, true, "");
        }

        void requireForAll(Role needed) {
            require(needed, isForAll(), " of all namespaces");
        }

        private void require(Role needed, boolean inScope, String where) {
            if (role.compareTo(needed) < 0 || !inScope) {
                throw Problem.of(
                        403,
                        "not-allowed",
                        "the token "
                                + name
                                + " is "
                                + describe()
                                + "; this needs "
                                + needed.word()
                                + where);
            }
        }
    }

    /**
     * Finds out who it is.
     *
     * @param header the Authorization header, null if there is none
     */
    Principal principal(String header) {
        if (header == null || !header.startsWith(BEARER)) {
            throw Problem.of(401, "no-token", "a bearer token is missing");
        }
        return ofSecret(header.substring(BEARER.length()).strip());
    }

    /** Finds out whose token it is. */
    Principal ofSecret(String secret) {
        TokenEntry token =
                database.token(secret)
                        .orElseThrow(() -> Problem.of(401, "bad-token", "the token is not valid"));
        return new Principal(token.name(), Role.of(token.role()).orElseThrow(), token.scope());
    }
}
