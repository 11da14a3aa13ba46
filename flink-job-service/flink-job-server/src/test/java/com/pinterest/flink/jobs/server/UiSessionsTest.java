// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UiSessionsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir private Path data;

    private UiSessions at(Instant time) throws Exception {
        return UiSessions.of(data, new SecureRandom(), Clock.fixed(time, ZoneOffset.UTC));
    }

    @Test
    void sessionOutlivesTheProcessButNotItsTime() throws Exception {
        String session = at(NOW).seal("secret");

        assertThat(at(NOW.plus(UiSessions.LIFE).minusMillis(1)).open(session)).contains("secret");
        assertThat(at(NOW.plus(UiSessions.LIFE)).open(session)).isEmpty();
    }

    @Test
    void whatWasChangedOrIsOfAnotherServiceIsNoSession() throws Exception {
        String session = at(NOW).seal("secret");
        char first = session.charAt(20);

        assertThat(
                        at(NOW).open(
                                        session.substring(0, 20)
                                                + (first == 'A' ? 'B' : 'A')
                                                + session.substring(21)))
                .isEmpty();
        for (String none : new String[] {"", "A", "%%%", session.substring(0, 16)}) {
            assertThat(at(NOW).open(none)).as(none).isEmpty();
        }
        Files.delete(data.resolve("session.key"));
        assertThat(at(NOW).open(session)).isEmpty();
    }

    @Test
    void keyIsReadableByItsOwnerOnlyAndFormTokensDependOnTheCookie() throws Exception {
        UiSessions sessions = at(NOW.minus(Duration.ofDays(1)));

        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(data.resolve("session.key"))))
                .isEqualTo("rw-------");
        assertThat(sessions.isFormToken("a", sessions.formToken("a"))).isTrue();
        assertThat(sessions.isFormToken("a", sessions.formToken("b"))).isFalse();
        assertThat(sessions.isFormToken("a", null)).isFalse();
    }
}
