// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.client;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.client.SqlClient;
import org.apache.flink.table.client.SqlClientException;
import org.apache.flink.table.client.cli.CliClient;
import org.apache.flink.table.client.cli.CliOptions;
import org.apache.flink.table.client.cli.CliOptionsParser;
import org.apache.flink.table.client.cli.CliStrings;
import org.apache.flink.table.client.cli.CliUtils;
import org.apache.flink.table.client.gateway.DefaultContextUtils;
import org.apache.flink.table.client.gateway.Executor;
import org.apache.flink.table.client.gateway.SingleSessionManager;
import org.apache.flink.table.gateway.SqlGateway;
import org.apache.flink.table.gateway.api.endpoint.SqlGatewayEndpointFactoryUtils;
import org.apache.flink.table.gateway.rest.SqlGatewayRestEndpointFactory;
import org.apache.flink.table.gateway.rest.util.SqlGatewayRestOptions;
import org.apache.flink.table.gateway.service.context.DefaultContext;
import org.apache.flink.util.NetUtils;

/**
 * A run of an SQL script by the client, with an embedded or a remote gateway. Its result is whether
 * all statements were executed.
 */
final class ScriptRun {

    private static final String HOST = "localhost";

    private final boolean isGatewayMode;
    private final CliOptions options;

    /**
     * Parses the arguments. Fails if they do not name a script, or if a part of them would be
     * ignored.
     */
    ScriptRun(String... arguments) {
        boolean hasMode = arguments.length > 0 && !arguments[0].startsWith("-");
        String mode = hasMode ? arguments[0] : SqlClient.MODE_EMBEDDED;
        String[] rest =
                List.of(arguments)
                        .subList(hasMode ? 1 : 0, arguments.length)
                        .toArray(new String[0]);
        isGatewayMode = mode.equals(SqlClient.MODE_GATEWAY);
        if (!isGatewayMode && !mode.equals(SqlClient.MODE_EMBEDDED)) {
            throw new SqlClientException(
                    "unknown mode '" + mode + "'; valid modes: embedded (default), gateway");
        }
        requireAllKnown(rest);
        options =
                isGatewayMode
                        ? CliOptionsParser.parseGatewayModeClient(rest)
                        : CliOptionsParser.parseEmbeddedModeClient(rest);
        if (options.getSqlFile() == null) {
            throw new SqlClientException(
                    SqlClientLauncher.FAIL_ON_ERROR + " needs a script: -f FILE");
        }
    }

    /** Fails on an unknown argument: the client would ignore it and all arguments after it. */
    private void requireAllKnown(String... arguments) {
        Options known =
                isGatewayMode
                        ? CliOptionsParser.getGatewayModeClientOptions(new Options())
                        : CliOptionsParser.getEmbeddedModeClientOptions(new Options());
        List<String> unknown;
        try {
            unknown = new DefaultParser().parse(known, arguments, true).getArgList();
        } catch (ParseException e) {
            throw new SqlClientException(e.getMessage(), e);
        }
        if (!unknown.isEmpty()) {
            throw new SqlClientException(
                    "unknown argument '"
                            + unknown.get(0)
                            + "' in this mode; see sql-client.sh --help");
        }
    }

    /**
     * Runs the initialization of the session and the script, and returns whether all statements
     * were executed. Failures have been printed.
     */
    boolean isSuccessful() throws Exception {
        requireFinished(options.getInitFile());
        requireFinished(options.getSqlFile());
        return isGatewayMode ? runByGateway() : runEmbedded();
    }

    private static void requireFinished(URI file) {
        if (file == null) {
            return;
        }
        UnfinishedStatement.in(CliClient.readFile(file))
                .ifPresent(
                        statement -> {
                            throw new SqlClientException(
                                    file
                                            + " ends in the middle of a statement, so nothing was"
                                            + " executed. A statement ends with a semicolon at the"
                                            + " end of a line, without a comment after it. This"
                                            + " one does not: "
                                            + statement);
                        });
    }

    private boolean runByGateway() {
        CliOptions.GatewayCliOptions gateway = (CliOptions.GatewayCliOptions) options;
        return run(
                Executor.create(
                        DefaultContextUtils.buildDefaultContext(gateway),
                        gateway.getGatewayAddress()
                                .orElseThrow(
                                        () ->
                                                new SqlClientException(
                                                        "the gateway mode needs -e ADDRESS")),
                        options.getSessionId()));
    }

    private boolean runEmbedded() throws Exception {
        DefaultContext context =
                DefaultContextUtils.buildDefaultContext((CliOptions.EmbeddedCliOptions) options);
        // Stored as long as the gateway uses it.
        NetUtils.Port port = NetUtils.getAvailablePort();
        try {
            return runEmbedded(context, port.getPort());
        } finally {
            port.close();
        }
    }

    private boolean runEmbedded(DefaultContext context, int port) throws Exception {
        Configuration endpoint = new Configuration();
        endpoint.set(SqlGatewayRestOptions.ADDRESS, HOST);
        endpoint.set(SqlGatewayRestOptions.PORT, port);
        context.getFlinkConfig()
                .addAll(
                        endpoint,
                        SqlGatewayEndpointFactoryUtils.getSqlGatewayOptionPrefix(
                                SqlGatewayRestEndpointFactory.IDENTIFIER));
        SqlGateway gateway =
                new SqlGateway(context.getFlinkConfig(), new SingleSessionManager(context));
        gateway.start();
        try {
            return run(
                    Executor.create(
                            context,
                            InetSocketAddress.createUnresolved(HOST, port),
                            options.getSessionId()));
        } finally {
            gateway.stop();
        }
    }

    private boolean run(Executor executor) {
        // Cancels the queries of the session if the process is terminated.
        Thread close = new Thread(executor::close);
        Runtime.getRuntime().addShutdownHook(close);
        WatchedExecutor watched = new WatchedExecutor(executor);
        try (CliClient client =
                new CliClient(CliClient.DEFAULT_TERMINAL_FACTORY, watched, historyFile())) {
            if (options.getInitFile() != null && !initialize(client, watched)) {
                return false;
            }
            client.executeInNonInteractiveMode(options.getSqlFile());
            if (watched.hasShownError()) {
                System.err.println(
                        "[ERROR] A statement of "
                                + options.getSqlFile()
                                + " failed, see above. Later statements were not executed.");
            }
            return !watched.hasShownError();
        } finally {
            executor.close();
            Runtime.getRuntime().removeShutdownHook(close);
        }
    }

    private boolean initialize(CliClient client, WatchedExecutor executor) {
        if (CliUtils.isApplicationMode(executor.getSessionConfig())) {
            throw new SqlClientException(
                    "-i cannot be used if an application cluster executes the script");
        }
        if (client.executeInitialization(options.getInitFile()) && !executor.hasShownError()) {
            System.out.println("The session was initialized by " + options.getInitFile() + ".");
            return true;
        }
        String message =
                "A statement of "
                        + options.getInitFile()
                        + " failed, and the script was not executed. The log has the details.";
        System.err.println(
                executor.error()
                        .map(error -> CliStrings.messageError(message, error, false))
                        .orElseGet(() -> CliStrings.messageError(message)));
        return false;
    }

    private Path historyFile() {
        return options.getHistoryFilePath() == null
                ? Path.of(System.getProperty("user.home"), ".flink-sql-history")
                : Path.of(options.getHistoryFilePath());
    }
}
