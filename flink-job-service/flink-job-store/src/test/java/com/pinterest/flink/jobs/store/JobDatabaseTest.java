// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.jobs.protocol.Change;
import com.pinterest.flink.jobs.protocol.JobKey;
import com.pinterest.flink.jobs.protocol.Kind;
import com.pinterest.flink.jobs.protocol.Operation;
import com.pinterest.flink.jobs.protocol.OperationRunner;
import com.pinterest.flink.jobs.protocol.Request;
import com.pinterest.flink.jobs.protocol.Request.From;
import com.pinterest.flink.jobs.protocol.Retention;
import com.pinterest.flink.jobs.protocol.RunSpec;
import com.pinterest.flink.jobs.protocol.RunSpec.UpgradeMode;
import com.pinterest.flink.jobs.protocol.SavepointEntry;
import com.pinterest.flink.jobs.protocol.Timing;
import com.pinterest.flink.jobs.store.RefusedException.Reason;
import com.pinterest.flink.jobs.store.Rows.TokenEntry;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JobDatabaseTest {

    private static final JobKey JOB = new JobKey("ads", "flights");
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir private Path directory;

    private JobDatabase open() {
        return JobDatabase.open(directory, new Random(1));
    }

    private static RunSpec spec(int parallelism) {
        return new RunSpec(
                "prod",
                "a".repeat(64),
                "",
                List.of("--env", "prod"),
                parallelism,
                Map.of("key", "value"),
                false,
                "file:///savepoints",
                UpgradeMode.SAVEPOINT,
                2,
                80,
                null,
                3,
                new Retention(2, Duration.ZERO));
    }

    private static long register(JobDatabase database, int parallelism) throws RefusedException {
        return database.register(
                JOB, "p: " + parallelism, spec(parallelism), Optional.empty(), "me", NOW);
    }

    @Test
    void whatWasWrittenIsThereAfterAReopen() throws Exception {
        String instance;
        Operation operation;
        try (JobDatabase database = open()) {
            instance = database.instance();
            register(database, 1);
            operation =
                    database.openOperation(
                            JOB, Request.of(Kind.SUBMIT, 1, "me"), Optional.empty(), "", NOW);
        }

        try (JobDatabase database = open()) {
            assertThat(database.instance()).isEqualTo(instance);
            assertThat(database.operation(operation.id())).contains(operation);
            assertThat(database.openOperations()).containsExactly(operation.id());
            assertThat(database.revision(JOB, 1).orElseThrow().spec()).isEqualTo(spec(1));
        }
    }

    @Test
    void commitsAreForcedToTheDisk() throws Exception {
        try (JobDatabase database = open()) {
            assertThat(database.pragma("journal_mode")).isEqualTo("wal");
            assertThat(database.pragma("synchronous")).isEqualTo("2");
        }
    }

    @Test
    void sameDocumentIsNoNewRevision() throws Exception {
        try (JobDatabase database = open()) {
            assertThat(register(database, 1)).isEqualTo(1);
            assertThat(register(database, 1)).isEqualTo(1);
            assertThat(register(database, 2)).isEqualTo(2);
            assertThat(database.revisions(JOB, 10)).hasSize(2);
        }
    }

    @Test
    void writerThatHasNotSeenTheNewestRevisionIsRefused() throws Exception {
        try (JobDatabase database = open()) {
            register(database, 1);
            register(database, 2);

            assertThatThrownBy(
                            () ->
                                    database.register(
                                            JOB, "p: 3", spec(3), Optional.of(1L), "me", NOW))
                    .asInstanceOf(InstanceOfAssertFactories.type(RefusedException.class))
                    .returns(Reason.STALE, RefusedException::reason);
            assertThat(database.job(JOB).orElseThrow().generation()).isEqualTo(2);
        }
    }

    @Test
    void secondOpenOperationIsRefused() throws Exception {
        try (JobDatabase database = open()) {
            register(database, 1);
            Request request = Request.of(Kind.SUBMIT, 1, "me");
            Operation first = database.openOperation(JOB, request, Optional.empty(), "", NOW);

            assertThatThrownBy(
                            () -> database.openOperation(JOB, request, Optional.empty(), "", NOW))
                    .asInstanceOf(InstanceOfAssertFactories.type(RefusedException.class))
                    .returns(Reason.OPERATION_OPEN, RefusedException::reason)
                    .returns(first.id().toString(), RefusedException::operation);
        }
    }

    @Test
    void sameKeyIsTheSameOperationAndNoOther() throws Exception {
        try (JobDatabase database = open()) {
            register(database, 1);
            Request request = Request.of(Kind.SUBMIT, 1, "me");
            Operation first = database.openOperation(JOB, request, Optional.of("k"), "one", NOW);

            assertThat(database.openOperation(JOB, request, Optional.of("k"), "one", NOW))
                    .isEqualTo(first);
            assertThatThrownBy(
                            () ->
                                    database.openOperation(
                                            JOB, request, Optional.of("k"), "two", NOW))
                    .asInstanceOf(InstanceOfAssertFactories.type(RefusedException.class))
                    .returns(Reason.KEY_REUSED, RefusedException::reason);
        }
    }

    @Test
    void databaseItselfRefusesASecondLiveEpoch() throws Exception {
        try (JobDatabase database = open()) {
            register(database, 1);
        }
        String insert =
                "INSERT INTO deployment VALUES ('ads', 'flights', %d, 1, 'prod', 'x', '', 0, NULL,"
                        + " NULL, '', '', '', 0, '', 0, '', 0)";
        try (Connection connection =
                        DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("jobs.db"));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(insert.formatted(1));

            assertThatThrownBy(() -> statement.executeUpdate(insert.formatted(2)))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("UNIQUE");
        }
    }

    @Test
    void tokensAreStoredAsDigestsAndEndWhenRevoked() throws Exception {
        try (JobDatabase database = open()) {
            database.putToken(new TokenEntry("ci", "operator", "ads", NOW), "secret-of-ci", "me");

            assertThat(database.token("secret-of-ci").orElseThrow().name()).isEqualTo("ci");
            assertThat(database.token("secret-of-cj")).isEmpty();
            database.revokeToken("ci", "me", NOW);
            assertThat(database.token("secret-of-ci")).isEmpty();
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .doesNotContain("secret-of-ci");
            }
        }
    }

    @Test
    void changedEntryOfTheAuditIsFound() throws Exception {
        try (JobDatabase database = open()) {
            register(database, 1);
            register(database, 2);
            register(database, 3);
            assertThat(database.firstForgedAuditEntry()).isEmpty();
        }
        try (Connection connection =
                        DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("jobs.db"));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE audit SET principal = 'nobody' WHERE number = 2");
        }

        try (JobDatabase database = open()) {
            assertThat(database.firstForgedAuditEntry()).contains(2L);
        }
    }

    /** The fixture is of the first version of the schema; every later version has to open it. */
    @Test
    void databaseOfTheFirstVersionIsReadAndWritten() throws Exception {
        try (InputStream fixture = JobDatabaseTest.class.getResourceAsStream("schema-1.sql");
                Connection connection =
                        DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("jobs.db"));
                Statement statement = connection.createStatement()) {
            String script = new String(fixture.readAllBytes(), StandardCharsets.UTF_8);
            for (String sql : List.of(script.split(";\n", -1))) {
                if (!sql.isBlank()) {
                    statement.executeUpdate(sql);
                }
            }
        }

        try (JobDatabase database = open()) {
            assertThat(database.job(JOB).orElseThrow().generation()).isEqualTo(1);
            assertThat(database.runs(JOB, 10)).hasSize(1);
            RunSpec spec = database.revision(JOB, 1).orElseThrow().spec();
            assertThat(spec.cluster()).isEqualTo("prod");
            assertThat(spec.retention()).isEqualTo(Retention.ALL);
            assertThat(database.operations(JOB, 10)).hasSize(1);
            assertThat(database.firstForgedAuditEntry()).isEmpty();
            assertThat(register(database, 5)).isEqualTo(2);
        }
    }

    // ------------------------------------------------------------------ retention

    private static Operation take(JobDatabase database, int number) throws Exception {
        Instant now = NOW.plusSeconds(number);
        Operation open =
                database.openOperation(
                        JOB, Request.of(Kind.SUBMIT, 1, "me"), Optional.empty(), "", now);
        return database.write(
                new Change(
                        open,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(new Change.Savepoint(number, "file:/savepoints/" + number)),
                        Optional.empty(),
                        Optional.empty(),
                        "taken",
                        ""),
                now);
    }

    private static void close(JobDatabase database, Operation open) throws Exception {
        VirtualClock clock = new VirtualClock();
        database.abort(open.id(), "me", NOW);
        new OperationRunner(
                        database,
                        name -> new FakeCluster(clock, new Random(1)),
                        Timing.standard(),
                        clock)
                .advance(open.id());
        assertThat(database.operation(open.id()).orElseThrow().isClosed()).isTrue();
    }

    @Test
    void savepointLeavesTheCatalogueBeforeItsFilesGo() throws Exception {
        try (JobDatabase database = open()) {
            // given
            register(database, 1);
            close(database, take(database, 1));
            close(database, take(database, 2));
            Operation open = take(database, 3);

            // when
            database.expire(JOB, NOW);
            int whileOpen = database.savepoints(JOB).size();
            close(database, open);
            database.expire(JOB, NOW);

            // then
            assertThat(whileOpen).isEqualTo(3);
            assertThat(database.savepoints(JOB))
                    .extracting(SavepointEntry::path)
                    .containsExactly("file:/savepoints/3", "file:/savepoints/2");
            assertThat(database.expired())
                    .singleElement()
                    .returns("file:/savepoints/1", SavepointEntry::path);
            assertThat(database.audit(1).get(0).action()).isEqualTo("expire");
            Request late =
                    new Request(Kind.SUBMIT, 1, From.PATH, "/savepoints/1/_metadata", false, "me");
            assertThatThrownBy(() -> database.openOperation(JOB, late, Optional.empty(), "", NOW))
                    .hasMessageContaining("was deleted");

            database.deleted(database.expired().get(0), NOW);
            assertThat(database.expired()).isEmpty();
            assertThat(database.jobsWithSavepoints()).containsExactly(JOB);
        }
    }

    // ------------------------------------------------------------------ backup

    private static String backup(JobDatabase database) throws Exception {
        StringWriter out = new StringWriter();
        database.backup(out);
        return out.toString();
    }

    private static void restore(JobDatabase database, String backup) throws Exception {
        database.restore(new BufferedReader(new StringReader(backup)));
    }

    @Test
    void backupIsTheWholeService() throws Exception {
        // given
        String backup;
        String instance;
        try (JobDatabase database = open()) {
            register(database, 1);
            register(database, 2);
            database.openOperation(
                    JOB, Request.of(Kind.SUBMIT, 2, "user"), Optional.of("key"), "digest", NOW);
            database.putToken(new TokenEntry("ci", "viewer", "", NOW), "secret", "admin");
            backup = backup(database);
            instance = database.instance();
        }

        // when
        Path other = directory.resolve("other");
        try (JobDatabase database = JobDatabase.open(other, new Random(2))) {
            restore(database, backup);
        }

        // then
        try (JobDatabase database = JobDatabase.open(other, new Random(3))) {
            assertThat(backup(database)).isEqualTo(backup);
            assertThat(database.instance()).isEqualTo(instance);
            assertThat(database.openOperations()).hasSize(1);
            assertThat(database.token("secret")).isPresent();
            assertThat(database.firstForgedAuditEntry()).isEmpty();
            assertThatThrownBy(() -> restore(database, backup))
                    .hasMessageContaining("has a service already");
        }
    }

    @Test
    void whatIsNoBackupChangesNothing() throws Exception {
        try (JobDatabase database = open()) {
            String before = backup(database);
            String head = before.lines().findFirst().orElseThrow() + "\n";

            assertThatThrownBy(() -> restore(database, "nonsense"))
                    .hasMessage("this is no backup of a job service");
            assertThatThrownBy(() -> restore(database, head.replace("\"2\"", "\"7\"")))
                    .hasMessageContaining("the backup has schema 7");
            assertThatThrownBy(
                            () ->
                                    restore(
                                            database,
                                            head
                                                    + "{\"instance\":{\"id\":\"a\"}}\n"
                                                    + "{\"cluster\":{\"name) --\":\"a\"}}\n"))
                    .hasMessageContaining("the backup has a column");

            assertThat(backup(database)).isEqualTo(before);
        }
    }
}
