// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.pinterest.flink.jobs.protocol.Change;
import com.pinterest.flink.jobs.protocol.Change.Desired;
import com.pinterest.flink.jobs.protocol.Deployment;
import com.pinterest.flink.jobs.protocol.Ids;
import com.pinterest.flink.jobs.protocol.JobKey;
import com.pinterest.flink.jobs.protocol.JobStore;
import com.pinterest.flink.jobs.protocol.Kind;
import com.pinterest.flink.jobs.protocol.Operation;
import com.pinterest.flink.jobs.protocol.Request;
import com.pinterest.flink.jobs.protocol.Retention;
import com.pinterest.flink.jobs.protocol.RunSpec;
import com.pinterest.flink.jobs.protocol.RunState;
import com.pinterest.flink.jobs.protocol.SavepointCatalogue;
import com.pinterest.flink.jobs.protocol.SavepointEntry;
import com.pinterest.flink.jobs.protocol.StatePaths;
import com.pinterest.flink.jobs.protocol.View;
import com.pinterest.flink.jobs.store.RefusedException.Reason;
import com.pinterest.flink.jobs.store.Rows.ArtifactEntry;
import com.pinterest.flink.jobs.store.Rows.AuditEntry;
import com.pinterest.flink.jobs.store.Rows.ClusterEntry;
import com.pinterest.flink.jobs.store.Rows.Job;
import com.pinterest.flink.jobs.store.Rows.Overview;
import com.pinterest.flink.jobs.store.Rows.Revision;
import com.pinterest.flink.jobs.store.Rows.Run;
import com.pinterest.flink.jobs.store.Rows.Sighting;
import com.pinterest.flink.jobs.store.Rows.StepEntry;
import com.pinterest.flink.jobs.store.Rows.TokenEntry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.ColonPrefixSqlParser;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.SqlParser;
import org.jdbi.v3.core.statement.SqlStatements;
import org.sqlite.SQLiteDataSource;

/**
 * The database of the service.
 *
 * <p>One connection writes, one transaction at a time; another one reads what is committed. The
 * journal is a write-ahead log that is forced to the disk at each commit ({@code synchronous =
 * FULL}), so that what a method has written is there after a power cut. A lock of the file keeps a
 * second process out. Thread-safe.
 */
public final class JobDatabase implements JobStore, SavepointCatalogue, AutoCloseable {

    private static final String FILE = "jobs.db";
    private static final int MAX_SPECS = 1_000;

    /** Has parsed each statement once; otherwise, each database would do so again. */
    private static final SqlParser PARSER = new ColonPrefixSqlParser();

    private static Path template;

    private final Connected writer;
    private final Connected reader;
    private final RandomGenerator random;
    private final String instance;

    /** The revisions that were needed last. */
    private final Map<String, RunSpec> specs =
            Collections.synchronizedMap(
                    new LinkedHashMap<>(16, 0.75f, true) {
                        private static final long serialVersionUID = 1L;

                        @Override
                        protected boolean removeEldestEntry(Map.Entry<String, RunSpec> eldest) {
                            return size() > MAX_SPECS;
                        }
                    });

    /** A connection, used by one thread at a time. */
    private record Connected(Handle handle, ReentrantLock lock) {
        static Connected of(Connection connection) {
            Jdbi jdbi = Jdbi.create(connection);
            jdbi.getConfig(SqlStatements.class).setSqlParser(PARSER);
            return new Connected(jdbi.open(), new ReentrantLock());
        }

        /** Jdbi leaves a connection open that it was given. */
        void close() {
            Connection connection = handle.getConnection();
            handle.close();
            try {
                connection.close();
            } catch (SQLException e) {
                throw new StoreException("the database cannot be closed", e);
            }
        }
    }

    /** What a transaction does. */
    private interface Work<T, E extends Exception> {
        T in(Handle handle) throws E;
    }

    private JobDatabase(Connection writer, Connection reader, RandomGenerator random) {
        this.writer = Connected.of(writer);
        this.reader = reader == writer ? this.writer : Connected.of(reader);
        this.random = random;
        this.instance = write(this::findInstance);
    }

    /**
     * Opens the database in a directory, and makes it if there is none.
     *
     * @throws StoreException if it cannot be opened, or is of a newer version
     */
    public static JobDatabase open(Path directory, RandomGenerator random) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new StoreException("the directory " + directory + " cannot be made", e);
        }
        String url = "jdbc:sqlite:" + directory.toAbsolutePath().resolve(FILE);
        try {
            migrate(url);
            return new JobDatabase(connect(url, "FULL"), connect(url, "FULL"), random);
        } catch (SQLException e) {
            throw new StoreException("the database in " + directory + " cannot be opened", e);
        }
    }

    /** Opens a database that is gone when it is closed. */
    public static JobDatabase inMemory(RandomGenerator random) {
        String url = "jdbc:sqlite::memory:";
        try {
            Connection connection = connect(url, "OFF");
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("restore from '" + template() + "'");
            }
            return new JobDatabase(connection, connection, random);
        } catch (SQLException e) {
            throw new StoreException("a database in memory cannot be made", e);
        }
    }

    /** An empty database, made once per process: migrations take longer than many a test. */
    private static synchronized Path template() {
        if (template == null) {
            try {
                Path file = Files.createTempFile("jobs", ".db");
                file.toFile().deleteOnExit();
                migrate("jdbc:sqlite:" + file);
                template = file;
            } catch (IOException e) {
                throw new StoreException("an empty database cannot be made", e);
            }
        }
        return template;
    }

    private static Connection connect(String url, String synchronous) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("journal_mode", "WAL");
        properties.setProperty("synchronous", synchronous);
        properties.setProperty("busy_timeout", "10000");
        properties.setProperty("transaction_mode", "IMMEDIATE");
        return DriverManager.getConnection(url, properties);
    }

    private static void migrate(String url) {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl(url);
        Flyway.configure(JobDatabase.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:com/pinterest/flink/jobs/store/schema")
                .validateMigrationNaming(true)
                .load()
                .migrate();
    }

    /** Writes a logical copy of everything, as of now. */
    public void backup(Writer out) throws IOException {
        this.<Void, IOException>read(
                handle -> {
                    Dump.write(handle, out);
                    return null;
                });
    }

    /**
     * Takes over a copy; all of it, or nothing. The database has to be opened again afterwards.
     *
     * @throws RefusedException if there is something in the database, or this is no copy
     */
    public void restore(BufferedReader in) throws IOException, RefusedException {
        try {
            this.<Void, RefusedException>write(
                    handle -> {
                        Dump.read(handle, in);
                        return null;
                    });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public void close() {
        reader.close();
        writer.close();
    }

    // ------------------------------------------------------------------ transactions

    private <T, E extends Exception> T write(Work<T, E> work) throws E {
        writer.lock().lock();
        try {
            writer.handle().begin();
            boolean good = false;
            try {
                T result = work.in(writer.handle());
                writer.handle().commit();
                good = true;
                return result;
            } finally {
                if (!good) {
                    writer.handle().rollback();
                }
            }
        } finally {
            writer.lock().unlock();
        }
    }

    /** The value of a setting of the connection that writes. */
    String pragma(String name) {
        return write(handle -> handle.createQuery("PRAGMA " + name).mapTo(String.class).one());
    }

    private <T, E extends Exception> T read(Work<T, E> work) throws E {
        reader.lock().lock();
        try {
            reader.handle().begin();
            try {
                return work.in(reader.handle());
            } finally {
                reader.handle().rollback();
            }
        } finally {
            reader.lock().unlock();
        }
    }

    private String findInstance(Handle handle) {
        return handle.createQuery("SELECT id FROM instance")
                .mapTo(String.class)
                .findFirst()
                .orElseGet(
                        () -> {
                            String id = Long.toHexString(random.nextLong());
                            handle.execute("INSERT INTO instance (id) VALUES (?)", id);
                            return id;
                        });
    }

    /** The id of this installation of the service. */
    public String instance() {
        return instance;
    }

    // ------------------------------------------------------------------ the protocol

    @Override
    public View view(UUID id) {
        return read(handle -> view(handle, id));
    }

    private View view(Handle handle, UUID id) {
        Operation operation =
                operation(handle, id)
                        .orElseThrow(
                                () -> new IllegalArgumentException("there is no operation " + id));
        JobKey job = operation.job();
        List<Run> runs = runs(handle, job, Integer.MAX_VALUE);
        Map<Long, RunSpec> revisions = new HashMap<>();
        List<Long> needed = new ArrayList<>();
        needed.add(operation.request().revision());
        needed.add(operation.fromRevision());
        runs.stream().limit(2).forEach(run -> needed.add(run.deployment().revision()));
        for (long number : needed) {
            if (number > 0 && !revisions.containsKey(number)) {
                spec(handle, job, number).ifPresent(spec -> revisions.put(number, spec));
            }
        }
        List<String> states = new ArrayList<>();
        if (!runs.isEmpty()) {
            Run newest = runs.get(0);
            for (SavepointEntry savepoint : savepoints(handle, job)) {
                if (savepoint.epoch() == newest.deployment().epoch()) {
                    states.add(savepoint.path());
                }
            }
            if (!newest.checkpointPath().isEmpty()) {
                states.add(newest.checkpointPath());
            }
        }
        return new View(
                instance,
                operation,
                runs.stream().map(Run::deployment).toList(),
                revisions,
                states,
                !runs.isEmpty()
                        && mayHaveSavepoints(handle, job, runs.get(0).deployment().epoch()));
    }

    /** Whether an operation has ended an epoch, or has taken a savepoint of it, or has tried. */
    private static boolean mayHaveSavepoints(Handle handle, JobKey job, long epoch) {
        return handle.createQuery(
                                "SELECT COUNT(*) FROM operation WHERE namespace = :namespace AND name ="
                                        + " :name AND kind NOT IN ('SUBMIT', 'RECOVER', 'CANCEL') AND body"
                                        + " LIKE :body")
                        .bind("namespace", job.namespace())
                        .bind("name", job.name())
                        .bind("body", "%\"oldEpoch\":" + epoch + ",%")
                        .mapTo(Long.class)
                        .one()
                > 0;
    }

    /** Reads a revision, which never changes, once. */
    private Optional<RunSpec> spec(Handle handle, JobKey job, long number) {
        String key = job + "/" + number;
        RunSpec known = specs.get(key);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<RunSpec> read = revision(handle, job, number).map(Revision::spec);
        read.ifPresent(spec -> specs.put(key, spec));
        return read;
    }

    @Override
    public List<UUID> openOperations() {
        return read(
                handle ->
                        handle
                                .createQuery(
                                        "SELECT id FROM operation WHERE closed_at IS NULL"
                                                + " ORDER BY id")
                                .mapTo(String.class)
                                .list()
                                .stream()
                                .map(UUID::fromString)
                                .toList());
    }

    @Override
    public Operation write(Change change, Instant now) throws StaleException {
        return write(handle -> write(handle, change, now));
    }

    private Operation write(Handle handle, Change change, Instant now) throws StaleException {
        Operation read = change.operation();
        Operation next = read.nextVersion();
        int updated =
                handle.createUpdate(
                                "UPDATE operation SET state = :state, version = :version,"
                                        + " closed_at = :closed, body = :body"
                                        + " WHERE id = :id AND version = :read")
                        .bind("state", next.state().name())
                        .bind("version", next.version())
                        .bind("closed", millis(next.closedAt()))
                        .bind("body", Documents.write(next))
                        .bind("id", next.id().toString())
                        .bind("read", read.version())
                        .execute();
        if (updated == 0) {
            throw new StaleException("operation " + read.id() + " has a newer version");
        }
        addStep(handle, next, change.note(), change.seen(), now);
        JobKey job = next.job();
        change.ended().ifPresent(ended -> end(handle, ended, now));
        change.started().ifPresent(started -> insert(handle, started));
        change.savepoint()
                .ifPresent(
                        savepoint ->
                                handle.execute(
                                        "INSERT INTO savepoint (namespace, name, epoch, path,"
                                                + " operation, created_at) VALUES (?, ?, ?, ?, ?, ?) ON"
                                                + " CONFLICT (namespace, name, path) DO NOTHING",
                                        job.namespace(),
                                        job.name(),
                                        savepoint.epoch(),
                                        savepoint.path(),
                                        next.id().toString(),
                                        now.toEpochMilli()));
        change.desired()
                .ifPresent(
                        desired ->
                                handle.execute(
                                        "UPDATE job SET desired = ? WHERE namespace = ? AND name ="
                                                + " ?",
                                        desired.name(),
                                        job.namespace(),
                                        job.name()));
        change.stableRevision()
                .ifPresent(
                        revision ->
                                handle.execute(
                                        "UPDATE job SET stable_revision = ?"
                                                + " WHERE namespace = ? AND name = ?",
                                        revision,
                                        job.namespace(),
                                        job.name()));
        return next;
    }

    private static void addStep(
            Handle handle, Operation operation, String note, String seen, Instant now) {
        handle.execute(
                "INSERT INTO step (operation, version, at, step, note, seen)"
                        + " VALUES (?, ?, ?, ?, ?, ?)",
                operation.id().toString(),
                operation.version(),
                now.toEpochMilli(),
                operation.step().name(),
                note,
                seen);
    }

    private static void insert(Handle handle, Deployment started) {
        handle.createUpdate(
                        "INSERT INTO deployment (namespace, name, epoch, revision, cluster, run_id,"
                                + " restore_path, started_at, cause, final_state, seen_state,"
                                + " seen_at, seen_detail, restarts, checkpoint_path, checkpoint_at)"
                                + " VALUES (:namespace, :name, :epoch, :revision, :cluster, :run,"
                                + " :restore, :started, '', '', '', 0, '', 0, '', 0)")
                .bind("namespace", started.job().namespace())
                .bind("name", started.job().name())
                .bind("epoch", started.epoch())
                .bind("revision", started.revision())
                .bind("cluster", started.cluster())
                .bind("run", started.runId())
                .bind("restore", started.restorePath())
                .bind("started", started.startedAt().toEpochMilli())
                .execute();
    }

    private static void end(Handle handle, Deployment ended, Instant now) {
        handle.createUpdate(
                        "UPDATE deployment SET ended_at = :at, end_state = :state, cause = :cause,"
                                + " final_state = :final, seen_state = :state, seen_at = :at"
                                + " WHERE namespace = :namespace AND name = :name"
                                + " AND epoch = :epoch AND ended_at IS NULL")
                .bind("at", now.toEpochMilli())
                .bind("state", ended.end().name())
                .bind("cause", ended.cause())
                .bind("final", ended.finalState())
                .bind("namespace", ended.job().namespace())
                .bind("name", ended.job().name())
                .bind("epoch", ended.epoch())
                .execute();
    }

    // ------------------------------------------------------------------ jobs

    /**
     * Stores what a job is, as its next revision; the same document again changes nothing.
     *
     * @param expected the generation that the writer has read: 0 if the job must be new, empty for
     *     whatever there is
     * @return the number of the revision
     */
    public long register(
            JobKey job,
            String document,
            RunSpec spec,
            Optional<Long> expected,
            String by,
            Instant now)
            throws RefusedException {
        String digest = sha256(document);
        return write(
                handle -> {
                    Optional<Job> old = job(handle, job);
                    long generation = old.map(Job::generation).orElse(0L);
                    if (expected.isPresent() && expected.get() != generation) {
                        throw new RefusedException(
                                Reason.STALE,
                                job
                                        + " is at generation "
                                        + generation
                                        + ", not "
                                        + expected.get());
                    }
                    if (generation > 0) {
                        Revision newest = revision(handle, job, generation).orElseThrow();
                        if (newest.digest().equals(digest) && newest.spec().equals(spec)) {
                            return generation;
                        }
                    }
                    long next = generation + 1;
                    if (old.isEmpty()) {
                        handle.execute(
                                "INSERT INTO job (namespace, name, generation, desired,"
                                        + " stable_revision, created_at) VALUES (?, ?, ?, ?, 0, ?)",
                                job.namespace(),
                                job.name(),
                                next,
                                Desired.SUSPENDED.name(),
                                now.toEpochMilli());
                    } else {
                        handle.execute(
                                "UPDATE job SET generation = ? WHERE namespace = ? AND name = ?",
                                next,
                                job.namespace(),
                                job.name());
                    }
                    handle.execute(
                            "INSERT INTO revision (namespace, name, number, digest, document, spec,"
                                    + " created_at, created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                            job.namespace(),
                            job.name(),
                            next,
                            digest,
                            document,
                            Documents.write(spec),
                            now.toEpochMilli(),
                            by);
                    audit(handle, by, "register", job.toString(), "revision " + next, now);
                    return next;
                });
    }

    /** Returns a job. */
    public Optional<Job> job(JobKey key) {
        return read(handle -> job(handle, key));
    }

    private static Optional<Job> job(Handle handle, JobKey key) {
        return handle.createQuery("SELECT * FROM job WHERE namespace = :namespace AND name = :name")
                .bind("namespace", key.namespace())
                .bind("name", key.name())
                .map((row, context) -> job(row))
                .findFirst();
    }

    private static Job job(ResultSet row) throws SQLException {
        return new Job(
                key(row),
                row.getLong("generation"),
                Desired.valueOf(row.getString("desired")),
                row.getLong("stable_revision"),
                instant(row, "created_at"));
    }

    /**
     * Returns jobs in the order of their keys.
     *
     * @param only their namespace, empty for all
     * @param after the key of the last one before; empty for the first page
     */
    public List<Job> jobs(String only, Optional<JobKey> after, int limit) {
        return read(
                handle ->
                        handle.createQuery(
                                        "SELECT * FROM job WHERE (namespace > :namespace"
                                                + " OR namespace = :namespace AND name > :name)"
                                                + " AND (:only = '' OR namespace = :only)"
                                                + " ORDER BY namespace, name LIMIT :limit")
                                .bind("only", only)
                                .bind("namespace", after.map(JobKey::namespace).orElse(""))
                                .bind("name", after.map(JobKey::name).orElse(""))
                                .bind("limit", limit)
                                .map((row, context) -> job(row))
                                .list());
    }

    /** Returns all jobs in the order of their keys, in a few queries. */
    public List<Overview> overview() {
        return read(
                handle -> {
                    Map<JobKey, Run> newest =
                            handle
                                    .createQuery(
                                            "SELECT * FROM deployment d WHERE d.epoch = (SELECT"
                                                    + " max(l.epoch) FROM deployment l WHERE"
                                                    + " l.namespace = d.namespace AND l.name ="
                                                    + " d.name)")
                                    .map((row, context) -> run(row))
                                    .stream()
                                    .collect(
                                            Collectors.toMap(
                                                    run -> run.deployment().job(), run -> run));
                    Map<JobKey, Operation> last =
                            handle
                                    .createQuery(
                                            "SELECT body FROM operation o WHERE o.id = (SELECT"
                                                    + " max(l.id) FROM operation l WHERE"
                                                    + " l.namespace = o.namespace AND l.name ="
                                                    + " o.name)")
                                    .mapTo(String.class)
                                    .map(body -> Documents.read(body, Operation.class))
                                    .stream()
                                    .collect(
                                            Collectors.toMap(
                                                    Operation::job, operation -> operation));
                    return handle
                            .createQuery("SELECT * FROM job ORDER BY namespace, name")
                            .map((row, context) -> job(row))
                            .stream()
                            .map(
                                    job ->
                                            new Overview(
                                                    job,
                                                    Optional.ofNullable(newest.get(job.key())),
                                                    Optional.ofNullable(last.get(job.key()))))
                            .toList();
                });
    }

    /** Returns a revision. */
    public Optional<Revision> revision(JobKey job, long number) {
        return read(handle -> revision(handle, job, number));
    }

    private static Optional<Revision> revision(Handle handle, JobKey job, long number) {
        return handle.createQuery(
                        "SELECT * FROM revision WHERE namespace = :namespace AND name = :name"
                                + " AND number = :number")
                .bind("namespace", job.namespace())
                .bind("name", job.name())
                .bind("number", number)
                .map((row, context) -> revision(row))
                .findFirst();
    }

    private static Revision revision(ResultSet row) throws SQLException {
        return new Revision(
                key(row),
                row.getLong("number"),
                row.getString("digest"),
                row.getString("document"),
                Documents.read(row.getString("spec"), RunSpec.class),
                instant(row, "created_at"),
                row.getString("created_by"));
    }

    /** Returns the revisions of a job, the newest first. */
    public List<Revision> revisions(JobKey job, int limit) {
        return read(
                handle ->
                        handle.createQuery(
                                        "SELECT * FROM revision WHERE namespace = :namespace AND"
                                                + " name = :name ORDER BY number DESC LIMIT :limit")
                                .bind("namespace", job.namespace())
                                .bind("name", job.name())
                                .bind("limit", limit)
                                .map((row, context) -> revision(row))
                                .list());
    }

    /** Returns the epochs of a job, the newest first. */
    public List<Run> runs(JobKey job, int limit) {
        return read(handle -> runs(handle, job, limit));
    }

    private static List<Run> runs(Handle handle, JobKey job, int limit) {
        return handle.createQuery(
                        "SELECT * FROM deployment WHERE namespace = :namespace AND name = :name"
                                + " ORDER BY epoch DESC LIMIT :limit")
                .bind("namespace", job.namespace())
                .bind("name", job.name())
                .bind("limit", limit)
                .map((row, context) -> run(row))
                .list();
    }

    /** Returns all epochs that have not ended. */
    public List<Run> liveRuns() {
        return read(
                handle ->
                        handle.createQuery(
                                        "SELECT * FROM deployment WHERE ended_at IS NULL"
                                                + " ORDER BY namespace, name")
                                .map((row, context) -> run(row))
                                .list());
    }

    private static Run run(ResultSet row) throws SQLException {
        String end = row.getString("end_state");
        Deployment deployment =
                new Deployment(
                        key(row),
                        row.getLong("epoch"),
                        row.getLong("revision"),
                        row.getString("cluster"),
                        row.getString("run_id"),
                        row.getString("restore_path"),
                        instant(row, "started_at"),
                        end == null ? null : RunState.valueOf(end),
                        row.getString("cause"),
                        row.getString("final_state"));
        return new Run(
                deployment,
                end == null ? null : instant(row, "ended_at"),
                row.getString("seen_state"),
                instant(row, "seen_at"),
                row.getString("seen_detail"),
                row.getLong("restarts"),
                row.getString("checkpoint_path"),
                instant(row, "checkpoint_at"));
    }

    /** Notes what was seen of runs, all at once: each transaction waits for the disk. */
    public void see(List<Sighting> sightings, Instant now) {
        if (sightings.isEmpty()) {
            return;
        }
        write(
                handle -> {
                    PreparedBatch batch =
                            handle.prepareBatch(
                                    "UPDATE deployment SET seen_state = :state, seen_at = :at,"
                                            + " seen_detail = :detail,"
                                            + " checkpoint_at = CASE WHEN checkpoint_path = :path"
                                            + " THEN checkpoint_at ELSE :at END,"
                                            + " checkpoint_path = :path"
                                            + " WHERE namespace = :namespace AND name = :name"
                                            + " AND epoch = :epoch AND ended_at IS NULL");
                    for (Sighting sighting : sightings) {
                        Deployment run = sighting.run();
                        batch.bind("state", sighting.state())
                                .bind("at", now.toEpochMilli())
                                .bind("detail", sighting.detail())
                                .bind("path", sighting.checkpointPath())
                                .bind("namespace", run.job().namespace())
                                .bind("name", run.job().name())
                                .bind("epoch", run.epoch())
                                .add();
                    }
                    return batch.execute();
                });
    }

    /** Returns the last runs of jobs that should run, but failed or were lost. */
    public List<Deployment> runsToRecover() {
        return read(
                handle ->
                        handle.createQuery(
                                        "SELECT d.* FROM deployment d JOIN job j ON j.namespace ="
                                                + " d.namespace AND j.name = d.name WHERE j.desired ="
                                                + " :running AND d.end_state IN (:failed, :lost) AND"
                                                + " d.epoch = (SELECT max(epoch) FROM deployment l"
                                                + " WHERE l.namespace = d.namespace AND l.name ="
                                                + " d.name) ORDER BY d.namespace, d.name")
                                .bind("running", Desired.RUNNING.name())
                                .bind("failed", RunState.FAILED.name())
                                .bind("lost", RunState.LOST.name())
                                .map((row, context) -> run(row).deployment())
                                .list());
    }

    /**
     * Notes that a run has ended without an operation.
     *
     * @return whether it is noted: not if an operation is open, which finds out by itself
     */
    public boolean endByItself(Deployment ended, Instant now) {
        return write(
                handle -> {
                    if (openOperation(handle, ended.job()).isPresent()) {
                        return false;
                    }
                    end(handle, ended, now);
                    audit(
                            handle,
                            "service",
                            "ended",
                            ended.job().toString(),
                            "epoch " + ended.epoch() + " " + ended.end() + " " + ended.cause(),
                            now);
                    return true;
                });
    }

    /** Returns the savepoints of a job, the newest first. */
    public List<SavepointEntry> savepoints(JobKey job) {
        return read(handle -> savepoints(handle, job));
    }

    private static List<SavepointEntry> savepoints(Handle handle, JobKey job) {
        return handle.createQuery(
                        "SELECT * FROM savepoint WHERE namespace = :namespace AND name = :name"
                                + " AND expired_at IS NULL AND deleted_at IS NULL"
                                + " ORDER BY epoch DESC, created_at DESC, path")
                .bind("namespace", job.namespace())
                .bind("name", job.name())
                .map((row, context) -> savepoint(row))
                .list();
    }

    private static SavepointEntry savepoint(ResultSet row) throws SQLException {
        return new SavepointEntry(
                key(row),
                row.getLong("epoch"),
                row.getString("path"),
                row.getString("operation"),
                instant(row, "created_at"));
    }

    // ------------------------------------------------------------------ retention of savepoints

    @Override
    public List<JobKey> jobsWithSavepoints() {
        return read(
                handle ->
                        handle.createQuery(
                                        "SELECT DISTINCT namespace, name FROM savepoint WHERE"
                                                + " expired_at IS NULL AND deleted_at IS NULL"
                                                + " ORDER BY namespace, name")
                                .map((row, context) -> key(row))
                                .list());
    }

    @Override
    public void expire(JobKey job, Instant now) {
        // Most of the time there is nothing to write, and nobody has to wait.
        if (this.<Boolean, RuntimeException>read(handle -> expired(handle, job, now).isEmpty())) {
            return;
        }
        write(
                handle -> {
                    for (SavepointEntry savepoint : expired(handle, job, now)) {
                        handle.execute(
                                "UPDATE savepoint SET expired_at = ?"
                                        + " WHERE namespace = ? AND name = ? AND path = ?",
                                now.toEpochMilli(),
                                job.namespace(),
                                job.name(),
                                savepoint.path());
                        audit(handle, "service", "expire", job.toString(), savepoint.path(), now);
                    }
                    return null;
                });
    }

    private List<SavepointEntry> expired(Handle handle, JobKey job, Instant now) {
        long generation = job(handle, job).map(Job::generation).orElse(0L);
        return spec(handle, job, generation)
                // Of most jobs, all are kept: nobody has to look for what uses them.
                .filter(spec -> !spec.retention().equals(Retention.ALL))
                .map(
                        spec ->
                                spec.retention()
                                        .expired(
                                                savepoints(handle, job),
                                                runs(handle, job, 1).stream()
                                                        .map(Run::deployment)
                                                        .findFirst(),
                                                openOperation(handle, job).isPresent(),
                                                pathsInUse(handle),
                                                now))
                .orElse(List.of());
    }

    /** What live runs began with, and what open operations are to begin with, of all jobs. */
    private static List<String> pathsInUse(Handle handle) {
        List<String> paths =
                new ArrayList<>(
                        handle.createQuery(
                                        "SELECT restore_path FROM deployment WHERE ended_at IS"
                                                + " NULL AND restore_path <> ''")
                                .mapTo(String.class)
                                .list());
        handle.createQuery("SELECT body FROM operation WHERE closed_at IS NULL")
                .mapTo(String.class)
                .map(body -> Documents.read(body, Operation.class).request().path())
                .filter(path -> !path.isEmpty())
                .forEach(paths::add);
        return paths;
    }

    @Override
    public List<SavepointEntry> expired() {
        return read(
                handle ->
                        handle.createQuery(
                                        "SELECT * FROM savepoint WHERE expired_at IS NOT NULL"
                                                + " AND deleted_at IS NULL ORDER BY expired_at, path")
                                .map((row, context) -> savepoint(row))
                                .list());
    }

    @Override
    public void deleted(SavepointEntry savepoint, Instant now) {
        write(
                handle ->
                        handle.execute(
                                "UPDATE savepoint SET deleted_at = ?"
                                        + " WHERE namespace = ? AND name = ? AND path = ?",
                                now.toEpochMilli(),
                                savepoint.job().namespace(),
                                savepoint.job().name(),
                                savepoint.path()));
    }

    /** Nothing starts from a savepoint whose files go. */
    private static void requireKept(Handle handle, String path) throws RefusedException {
        boolean isGone =
                handle
                        .createQuery("SELECT path FROM savepoint WHERE expired_at IS NOT NULL")
                        .mapTo(String.class)
                        .stream()
                        .anyMatch(expired -> StatePaths.same(expired, path));
        if (isGone) {
            throw new RefusedException(
                    Reason.NOT_FOUND, "the savepoint " + path + " was deleted by its retention");
        }
    }

    // ------------------------------------------------------------------ operations

    /**
     * Looks whether a request was made before, or cannot be made now.
     *
     * @return the operation of the same request; empty if the request is a new one
     * @throws RefusedException if another operation on the job is open, or the key is of another
     *     request
     */
    public Optional<Operation> earlier(
            JobKey job, String principal, Optional<String> key, String digest)
            throws RefusedException {
        return read(
                handle -> {
                    if (key.isPresent()) {
                        Optional<Operation> same =
                                sameRequest(handle, principal, key.get(), digest);
                        if (same.isPresent()) {
                            return same;
                        }
                    }
                    requireNoneOpen(handle, job);
                    return Optional.<Operation>empty();
                });
    }

    private static void requireNoneOpen(Handle handle, JobKey job) throws RefusedException {
        Optional<Operation> open = openOperation(handle, job);
        if (open.isPresent()) {
            String id = open.get().id().toString();
            throw new RefusedException(
                    Reason.OPERATION_OPEN,
                    job + " has an open operation: " + open.get().request().kind() + " " + id,
                    id);
        }
    }

    /**
     * Opens an operation.
     *
     * @param key names the request: the same key again returns the same operation; empty for none
     * @param digest of the request, so that a key cannot be used for another one
     */
    public Operation openOperation(
            JobKey job, Request request, Optional<String> key, String digest, Instant now)
            throws RefusedException {
        return write(
                handle -> {
                    if (key.isPresent()) {
                        Optional<Operation> earlier =
                                sameRequest(handle, request.by(), key.get(), digest);
                        if (earlier.isPresent()) {
                            return earlier.get();
                        }
                    }
                    if (job(handle, job).isEmpty()) {
                        throw new RefusedException(Reason.NOT_FOUND, "there is no job " + job);
                    }
                    requireNoneOpen(handle, job);
                    Optional<Deployment> live =
                            runs(handle, job, 1).stream()
                                    .map(Run::deployment)
                                    .filter(run -> !run.isEnded())
                                    .findFirst();
                    if (request.kind().needsRun() && live.isEmpty()) {
                        throw new RefusedException(Reason.WRONG_PHASE, job + " does not run");
                    }
                    if (!request.kind().needsRun()
                            && revision(handle, job, request.revision()).isEmpty()) {
                        throw new RefusedException(
                                Reason.NOT_FOUND, job + " has no revision " + request.revision());
                    }
                    if (!request.path().isEmpty()) {
                        requireKept(handle, request.path());
                    }
                    Operation operation =
                            Operation.open(
                                    Ids.operation(now, random),
                                    job,
                                    request,
                                    live.orElse(null),
                                    now);
                    insert(handle, operation);
                    addStep(handle, operation, "was asked for", "", now);
                    if (key.isPresent()) {
                        handle.execute(
                                "INSERT INTO idempotency (principal, request_key, digest,"
                                        + " operation, created_at) VALUES (?, ?, ?, ?, ?)",
                                request.by(),
                                key.get(),
                                digest,
                                operation.id().toString(),
                                now.toEpochMilli());
                    }
                    audit(
                            handle,
                            request.by(),
                            request.kind().name().toLowerCase(Locale.ROOT),
                            job.toString(),
                            operation.id().toString(),
                            now);
                    return operation;
                });
    }

    private static Optional<Operation> sameRequest(
            Handle handle, String principal, String key, String digest) throws RefusedException {
        Optional<String[]> found =
                handle.createQuery(
                                "SELECT digest, operation FROM idempotency"
                                        + " WHERE principal = :principal AND request_key = :key")
                        .bind("principal", principal)
                        .bind("key", key)
                        .map(
                                (row, context) ->
                                        new String[] {
                                            row.getString("digest"), row.getString("operation")
                                        })
                        .findFirst();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        if (!found.get()[0].equals(digest)) {
            throw new RefusedException(
                    Reason.KEY_REUSED, "the key \"" + key + "\" was used for another request");
        }
        return operation(handle, UUID.fromString(found.get()[1]));
    }

    private static void insert(Handle handle, Operation operation) {
        handle.execute(
                "INSERT INTO operation (id, namespace, name, kind, state, version, created_at,"
                        + " closed_at, body) VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?)",
                operation.id().toString(),
                operation.job().namespace(),
                operation.job().name(),
                operation.request().kind().name(),
                operation.state().name(),
                operation.version(),
                operation.createdAt().toEpochMilli(),
                Documents.write(operation));
    }

    /** Notes that an operation is to end. */
    public Operation abort(UUID id, String by, Instant now) throws RefusedException {
        return write(
                handle -> {
                    Operation operation =
                            operation(handle, id)
                                    .orElseThrow(
                                            () ->
                                                    new RefusedException(
                                                            Reason.NOT_FOUND,
                                                            "there is no operation " + id));
                    if (operation.isClosed()) {
                        throw new RefusedException(
                                Reason.WRONG_PHASE, "operation " + id + " has ended already");
                    }
                    Operation next = operation.aborted().nextVersion();
                    handle.execute(
                            "UPDATE operation SET version = ?, body = ? WHERE id = ?",
                            next.version(),
                            Documents.write(next),
                            id.toString());
                    addStep(handle, next, "was asked to end", "", now);
                    audit(handle, by, "abort", next.job().toString(), id.toString(), now);
                    return next;
                });
    }

    /** Returns an operation. */
    public Optional<Operation> operation(UUID id) {
        return read(handle -> operation(handle, id));
    }

    private static Optional<Operation> operation(Handle handle, UUID id) {
        return handle.createQuery("SELECT body FROM operation WHERE id = :id")
                .bind("id", id.toString())
                .mapTo(String.class)
                .findFirst()
                .map(body -> Documents.read(body, Operation.class));
    }

    private static Optional<Operation> openOperation(Handle handle, JobKey job) {
        return handle.createQuery(
                        "SELECT body FROM operation WHERE namespace = :namespace AND name = :name"
                                + " AND closed_at IS NULL")
                .bind("namespace", job.namespace())
                .bind("name", job.name())
                .mapTo(String.class)
                .findFirst()
                .map(body -> Documents.read(body, Operation.class));
    }

    /** Returns the operations on a job, the newest first. */
    public List<Operation> operations(JobKey job, int limit) {
        return read(
                handle ->
                        handle
                                .createQuery(
                                        "SELECT body FROM operation WHERE namespace = :namespace"
                                                + " AND name = :name ORDER BY id DESC LIMIT :limit")
                                .bind("namespace", job.namespace())
                                .bind("name", job.name())
                                .bind("limit", limit)
                                .mapTo(String.class)
                                .list()
                                .stream()
                                .map(body -> Documents.read(body, Operation.class))
                                .toList());
    }

    /** How many recoveries of a job were opened since a time. */
    public long recoveries(JobKey job, Instant since) {
        return read(
                handle ->
                        handle.createQuery(
                                        "SELECT count(*) FROM operation WHERE namespace ="
                                                + " :namespace AND name = :name AND kind = :kind AND"
                                                + " created_at >= :since")
                                .bind("namespace", job.namespace())
                                .bind("name", job.name())
                                .bind("kind", Kind.RECOVER.name())
                                .bind("since", since.toEpochMilli())
                                .mapTo(Long.class)
                                .one());
    }

    /** Returns what happened in an operation, the first first. */
    public List<StepEntry> steps(UUID operation) {
        return read(
                handle ->
                        handle.createQuery(
                                        "SELECT * FROM step WHERE operation = :id ORDER BY version")
                                .bind("id", operation.toString())
                                .map(
                                        (row, context) ->
                                                new StepEntry(
                                                        row.getLong("version"),
                                                        instant(row, "at"),
                                                        row.getString("step"),
                                                        row.getString("note"),
                                                        row.getString("seen")))
                                .list());
    }

    // ------------------------------------------------------------------ clusters, artifacts

    /** Adds a cluster, or changes its address. */
    public void putCluster(ClusterEntry cluster, String by, Instant now) {
        write(
                handle -> {
                    handle.execute(
                            "INSERT INTO cluster (name, kind, address, created_at)"
                                    + " VALUES (?, ?, ?, ?) ON CONFLICT (name)"
                                    + " DO UPDATE SET kind = excluded.kind,"
                                    + " address = excluded.address",
                            cluster.name(),
                            cluster.kind(),
                            cluster.address(),
                            now.toEpochMilli());
                    audit(handle, by, "cluster", cluster.name(), cluster.address(), now);
                    return null;
                });
    }

    /** Returns all clusters. */
    public List<ClusterEntry> clusters() {
        return read(
                handle ->
                        handle.createQuery("SELECT * FROM cluster ORDER BY name")
                                .map(
                                        (row, context) ->
                                                new ClusterEntry(
                                                        row.getString("name"),
                                                        row.getString("kind"),
                                                        row.getString("address")))
                                .list());
    }

    /** Notes an artifact whose file is complete. */
    public void putArtifact(ArtifactEntry artifact, String by, Instant now) {
        write(
                handle -> {
                    int added =
                            handle.execute(
                                    "INSERT INTO artifact (sha256, name, size, created_at)"
                                            + " VALUES (?, ?, ?, ?)"
                                            + " ON CONFLICT (sha256) DO NOTHING",
                                    artifact.sha256(),
                                    artifact.name(),
                                    artifact.size(),
                                    now.toEpochMilli());
                    if (added > 0) {
                        audit(handle, by, "artifact", artifact.sha256(), artifact.name(), now);
                    }
                    return null;
                });
    }

    /** Returns an artifact. */
    public Optional<ArtifactEntry> artifact(String sha256) {
        return read(
                handle ->
                        handle.createQuery("SELECT * FROM artifact WHERE sha256 = :sha256")
                                .bind("sha256", sha256)
                                .map(
                                        (row, context) ->
                                                new ArtifactEntry(
                                                        row.getString("sha256"),
                                                        row.getString("name"),
                                                        row.getLong("size")))
                                .findFirst());
    }

    // ------------------------------------------------------------------ tokens, audit

    /**
     * Adds a token.
     *
     * @param secret of which only the SHA-256 is stored
     */
    public void putToken(TokenEntry token, String secret, String by) throws RefusedException {
        write(
                handle -> {
                    int added =
                            handle.execute(
                                    "INSERT INTO token (name, digest, role, namespace, created_at)"
                                            + " VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING",
                                    token.name(),
                                    sha256(secret),
                                    token.role(),
                                    token.scope(),
                                    token.createdAt().toEpochMilli());
                    if (added == 0) {
                        throw new RefusedException(
                                Reason.STALE, "there is a token " + token.name() + " already");
                    }
                    audit(handle, by, "token", token.name(), token.role(), token.createdAt());
                    return null;
                });
    }

    /** Makes a token invalid. */
    public void revokeToken(String name, String by, Instant now) throws RefusedException {
        write(
                handle -> {
                    int updated =
                            handle.execute(
                                    "UPDATE token SET revoked_at = ?"
                                            + " WHERE name = ? AND revoked_at IS NULL",
                                    now.toEpochMilli(),
                                    name);
                    if (updated == 0) {
                        throw new RefusedException(Reason.NOT_FOUND, "there is no token " + name);
                    }
                    audit(handle, by, "revoke", name, "", now);
                    return null;
                });
    }

    /** Returns the token that has a secret, if it is valid. */
    public Optional<TokenEntry> token(String secret) {
        return read(
                handle ->
                        handle.createQuery(
                                        "SELECT * FROM token WHERE digest = :digest"
                                                + " AND revoked_at IS NULL")
                                .bind("digest", sha256(secret))
                                .map((row, context) -> token(row))
                                .findFirst());
    }

    /** Returns all valid tokens. */
    public List<TokenEntry> tokens() {
        return read(
                handle ->
                        handle.createQuery(
                                        "SELECT * FROM token WHERE revoked_at IS NULL ORDER BY"
                                                + " name")
                                .map((row, context) -> token(row))
                                .list());
    }

    private static TokenEntry token(ResultSet row) throws SQLException {
        return new TokenEntry(
                row.getString("name"),
                row.getString("role"),
                row.getString("namespace"),
                instant(row, "created_at"));
    }

    /** Returns the newest entries of the audit, the newest first. */
    public List<AuditEntry> audit(int limit) {
        return read(
                handle ->
                        handle.createQuery("SELECT * FROM audit ORDER BY number DESC LIMIT :limit")
                                .bind("limit", limit)
                                .map((row, context) -> audit(row))
                                .list());
    }

    private static AuditEntry audit(ResultSet row) throws SQLException {
        return new AuditEntry(
                row.getLong("number"),
                instant(row, "at"),
                row.getString("principal"),
                row.getString("action"),
                row.getString("subject"),
                row.getString("detail"),
                row.getString("hash"));
    }

    private static void audit(
            Handle handle,
            String principal,
            String action,
            String subject,
            String detail,
            Instant now) {
        Optional<AuditEntry> last =
                handle.createQuery("SELECT * FROM audit ORDER BY number DESC LIMIT 1")
                        .map((row, context) -> audit(row))
                        .findFirst();
        long number = last.map(AuditEntry::number).orElse(0L) + 1;
        String hash =
                hash(
                        last.map(AuditEntry::hash).orElse(""),
                        number,
                        now,
                        principal,
                        action,
                        subject,
                        detail);
        handle.execute(
                "INSERT INTO audit (number, at, principal, action, subject, detail, hash)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)",
                number,
                now.toEpochMilli(),
                principal,
                action,
                subject,
                detail,
                hash);
    }

    private static String hash(String before, long number, Instant at, String... fields) {
        return sha256(
                before
                        + "\n"
                        + number
                        + "\n"
                        + at.toEpochMilli()
                        + "\n"
                        + String.join("\n", fields));
    }

    /**
     * Checks the chain of the audit.
     *
     * @return the number of the first entry that was changed, or whose predecessor is missing;
     *     empty if there is none
     */
    public Optional<Long> firstForgedAuditEntry() {
        return read(
                handle -> {
                    String before = "";
                    long number = 0;
                    List<AuditEntry> entries =
                            handle.createQuery("SELECT * FROM audit ORDER BY number")
                                    .map((row, context) -> audit(row))
                                    .list();
                    for (AuditEntry entry : entries) {
                        number++;
                        String hash =
                                hash(
                                        before,
                                        number,
                                        entry.at(),
                                        entry.principal(),
                                        entry.action(),
                                        entry.subject(),
                                        entry.detail());
                        if (entry.number() != number || !entry.hash().equals(hash)) {
                            return Optional.of(number);
                        }
                        before = hash;
                    }
                    return Optional.<Long>empty();
                });
    }

    // ------------------------------------------------------------------ values

    private static JobKey key(ResultSet row) throws SQLException {
        return new JobKey(row.getString("namespace"), row.getString("name"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return Instant.ofEpochMilli(row.getLong(column));
    }

    private static Long millis(Instant instant) {
        return instant == null ? null : instant.toEpochMilli();
    }

    /** The SHA-256 of a text, in hexadecimal digits. */
    public static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
