// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import com.pinterest.flink.jobs.store.JobDatabase;
import com.pinterest.flink.jobs.store.Rows.TokenEntry;
import java.util.Locale;
import java.util.Optional;

/** Who may do what: bearer tokens with a role, everywhere or in one namespace. */
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
     * @param namespace where it is good, empty for everywhere
     */
    record Principal(String name, Role role, String namespace) {

        /** Whether it may see what is in a namespace. */
        boolean sees(String other) {
            return namespace.isEmpty() || namespace.equals(other);
        }

        void require(Role needed, String where) {
            if (role.compareTo(needed) < 0 || !sees(where)) {
                throw Problem.of(
                        403,
                        "not-allowed",
                        "the token "
                                + name
                                + " is "
                                + role.word()
                                + (namespace.isEmpty() ? "" : " of namespace " + namespace)
                                + "; this needs "
                                + needed.word()
                                + (where.isEmpty()
                                        ? " of all namespaces"
                                        : " of namespace " + where));
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
        return new Principal(token.name(), Role.of(token.role()).orElseThrow(), token.namespace());
    }
}
