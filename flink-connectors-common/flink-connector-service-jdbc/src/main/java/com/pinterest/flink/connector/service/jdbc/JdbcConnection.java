// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.service.jdbc;

import com.pinterest.flink.connector.service.Answer;
import com.pinterest.flink.connector.service.ServiceConnection;
import com.pinterest.flink.connector.service.ServiceException;
import com.pinterest.flink.connector.service.ServiceException.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.annotation.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to a database: a pool of them, and as many threads. Thread-safe.
 *
 * <p>A call that is cancelled, by the time-out of its client for example, aborts its connection,
 * which ends the thread's wait for the database.
 */
final class JdbcConnection<K, V> implements ServiceConnection<K, V> {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcConnection.class);

    private final JdbcService<K, V> service;
    private final Query<K, V> query;
    private final ConnectionPool pool;
    private final ThreadPoolExecutor executor;

    /** Aborts connections, which may block. Has no threads when it is idle. */
    private final ThreadPoolExecutor aborts;

    private final Set<Call> calls = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    JdbcConnection(JdbcService<K, V> service, ClassLoader userCodeClassLoader) {
        this.service = service;
        this.query = new Query<>(service);
        this.pool = new ConnectionPool(service, userCodeClassLoader);
        int size = service.maxConcurrency();
        AtomicInteger number = new AtomicInteger();
        ThreadFactory threads =
                action -> {
                    Thread thread = new Thread(action, "jdbc-service-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    thread.setContextClassLoader(userCodeClassLoader);
                    return thread;
                };
        this.executor =
                new ThreadPoolExecutor(
                        size, size, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
        this.executor.allowCoreThreadTimeOut(true);
        this.aborts =
                new ThreadPoolExecutor(
                        0,
                        Integer.MAX_VALUE,
                        1,
                        TimeUnit.SECONDS,
                        new SynchronousQueue<>(),
                        threads);
    }

    @Override
    public CompletableFuture<List<Answer<V>>> call(List<K> keys, Duration timeout) {
        Call call = new Call(keys);
        calls.add(call);
        if (closed) {
            call.cancel(false);
        }
        try {
            executor.execute(call::run);
        } catch (RejectedExecutionException e) {
            call.cancel(false);
        }
        return call;
    }

    /** A call, and its answer. */
    private final class Call extends CompletableFuture<List<Answer<V>>> {

        private final List<K> keys;

        /** The connection that the call uses now. */
        @Nullable private Connection connection;

        Call(List<K> keys) {
            this.keys = keys;
        }

        void run() {
            try {
                if (!isDone()) {
                    complete(answers());
                }
            } catch (Throwable t) {
                // Whatever it is, the call has to end.
                completeExceptionally(t);
            } finally {
                calls.remove(this);
            }
        }

        @Nullable
        private List<Answer<V>> answers() throws ServiceException {
            Connection used;
            try {
                used = pool.take();
            } catch (SQLException e) {
                throw failure(e, Kind.REJECTED);
            }
            boolean works = false;
            try {
                // Null if the call was cancelled: nobody waits for the answers.
                List<Answer<V>> answers = use(used) ? query.run(keys, used) : null;
                works = true;
                return answers;
            } catch (SQLException e) {
                Kind kind = kind(e);
                works = kind == Kind.PERMANENT;
                throw failure(e, kind);
            } catch (ServiceException e) {
                works = true;
                throw e;
            } finally {
                use(null);
                if (works) {
                    pool.giveBack(used);
                } else {
                    pool.drop(used);
                }
            }
        }

        /** Sets the connection in use; false if the call was cancelled. */
        private synchronized boolean use(@Nullable Connection used) {
            connection = used;
            return !isCancelled();
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            if (cancelled && calls.remove(this)) {
                aborts.execute(this::abort);
            }
            return cancelled;
        }

        private synchronized void abort() {
            if (connection == null) {
                return;
            }
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.warn("A connection to {} could not be aborted", service, e);
            }
        }
    }

    private ServiceException failure(SQLException error, Kind kind) {
        String state = error.getSQLState() == null ? "" : " (" + error.getSQLState() + ")";
        return ServiceException.of(
                kind, service + " failed" + state + ": " + error.getMessage(), error);
    }

    /** What a failure of a query means, by the classes of SQL states. */
    private static Kind kind(SQLException error) {
        String state = error.getSQLState();
        if (error instanceof SQLFeatureNotSupportedException) {
            return Kind.PERMANENT;
        }
        if (state == null || state.length() < 2) {
            return Kind.TRANSIENT;
        }
        switch (state.substring(0, 2)) {
            case "0A": // not supported
            case "07": // wrong parameters
            case "21": // wrong number of values
            case "22": // a key that the column cannot have
            case "42": // syntax, or no such table
                return Kind.PERMANENT;
            default:
                return Kind.TRANSIENT;
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Call call : calls) {
            call.cancel(true);
        }
        executor.shutdown();
        pool.close();
    }
}
