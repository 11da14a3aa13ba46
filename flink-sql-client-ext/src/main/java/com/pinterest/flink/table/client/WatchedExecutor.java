// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.client;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.client.config.SqlClientOptions;
import org.apache.flink.table.client.gateway.Executor;
import org.apache.flink.table.client.gateway.StatementResult;

/**
 * An executor that knows whether the client has shown an error.
 *
 * <p>The client reports whether an initialization failed, but not whether a script did. Errors come
 * from the executor, from its results, and from the client itself, for example for a statement that
 * cannot be parsed. For each error that it shows, and only then, the client reads the session's
 * {@code sql-client.verbose}, which decides whether it prints the stack trace.
 */
final class WatchedExecutor implements Executor {

    private final Executor executor;

    private volatile boolean hasShownError;
    private volatile Throwable error;

    WatchedExecutor(Executor executor) {
        this.executor = executor;
    }

    boolean hasShownError() {
        return hasShownError;
    }

    /** Returns the last error of the executor itself. */
    Optional<Throwable> error() {
        return Optional.ofNullable(error);
    }

    @Override
    public void configureSession(String statement) {
        try {
            executor.configureSession(statement);
        } catch (RuntimeException | Error e) {
            error = e;
            throw e;
        }
    }

    @Override
    public StatementResult executeStatement(String statement) {
        try {
            return executor.executeStatement(statement);
        } catch (RuntimeException | Error e) {
            error = e;
            throw e;
        }
    }

    @Override
    public ReadableConfig getSessionConfig() {
        ReadableConfig config = executor.getSessionConfig();
        return new ReadableConfig() {
            @Override
            public <T> T get(ConfigOption<T> option) {
                notice(option);
                return config.get(option);
            }

            @Override
            public <T> Optional<T> getOptional(ConfigOption<T> option) {
                notice(option);
                return config.getOptional(option);
            }

            @Override
            public Map<String, String> toMap() {
                return config.toMap();
            }
        };
    }

    private void notice(ConfigOption<?> option) {
        if (option.key().equals(SqlClientOptions.VERBOSE.key())) {
            hasShownError = true;
        }
    }

    @Override
    public Map<String, String> getSessionConfigMap() {
        return executor.getSessionConfigMap();
    }

    @Override
    public List<String> completeStatement(String statement, int position) {
        return executor.completeStatement(statement, position);
    }

    @Override
    public String deployScript(String script, URI uri) {
        return executor.deployScript(script, uri);
    }

    @Override
    public void close() {
        executor.close();
    }
}
