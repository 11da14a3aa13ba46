// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.scheduler.cli;

import com.pinterest.flink.scheduler.explain.PlacementDocument;
import com.pinterest.flink.scheduler.explain.PlacementText;
import com.pinterest.flink.scheduler.rest.PlacementHeaders;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.flink.api.common.JobID;
import org.apache.flink.client.cli.CliArgsException;
import org.apache.flink.client.cli.CliFrontend;
import org.apache.flink.client.cli.ClientOptions;
import org.apache.flink.client.deployment.ClusterClientFactory;
import org.apache.flink.client.deployment.ClusterDescriptor;
import org.apache.flink.client.deployment.DefaultClusterClientServiceLoader;
import org.apache.flink.client.program.ClusterClient;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.runtime.client.JobStatusMessage;
import org.apache.flink.runtime.rest.RestClient;
import org.apache.flink.runtime.rest.messages.EmptyRequestBody;
import org.apache.flink.runtime.rest.messages.JobMessageParameters;
import org.apache.flink.runtime.rest.util.RestClientException;
import org.apache.flink.runtime.security.SecurityConfiguration;
import org.apache.flink.runtime.security.SecurityUtils;
import org.apache.flink.util.ExceptionUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The command {@code bin/flink-placement}, which shows how the tasks of a job were placed. */
public final class PlacementCommand {

    private static final Logger LOG = LoggerFactory.getLogger(PlacementCommand.class);

    private static final Option HELP = new Option("h", "help", false, "");
    private static final Option JSON = new Option(null, "json", false, "");

    private static final int NO_PLACEMENT = 1;
    private static final int ERROR = 2;
    private static final int NOT_FOUND = 404;

    private static final String USAGE =
            String.join(
                    "\n",
                    "Usage: flink-placement [OPTIONS] JOB",
                    "",
                    "Shows where the tasks of a streaming job run, and why: the load of each",
                    "TaskManager, the bytes that cross zones, racks and hosts, and the same as",
                    "upstream's placement would have it. JOB is the id or the name of a job. The",
                    "cluster has to run with scheduler.placement.mode.",
                    "",
                    "  --json                      prints the JSON document of the REST interface,",
                    "                              /jobs/JOB/placement",
                    "  -m, --jobmanager HOST:PORT  the REST address of the JobManager",
                    "  -t, --target TARGET         the deployment target, as of 'flink list'",
                    "  -Dkey=value                 a configuration option",
                    "  -h, --help                  prints this help",
                    "",
                    "Exit code: 0; 1 if the cluster knows no placement of the job; 2 after an error.");

    private PlacementCommand() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(run(CliFrontend::getConfigurationDirectoryFromEnv, arguments));
    }

    /** Runs the command and returns its exit code. */
    static int run(Supplier<String> configurationDirectory, String... arguments) {
        try {
            String directory = configurationDirectory.get();
            Configuration configuration = GlobalConfiguration.loadConfiguration(directory);
            CliFrontend frontend =
                    new CliFrontend(
                            configuration,
                            CliFrontend.loadCustomCommandLines(configuration, directory));
            SecurityUtils.install(new SecurityConfiguration(configuration));
            return SecurityUtils.getInstalledContext()
                    .runSecured(() -> execute(configuration, frontend, arguments));
        } catch (CliArgsException e) {
            System.err.println("flink-placement: " + e.getMessage());
            return ERROR;
        } catch (Throwable e) {
            LOG.error("The placement cannot be shown", e);
            System.err.println(
                    "flink-placement: "
                            + ExceptionUtils.stripException(
                                            ExceptionUtils.stripExecutionException(e),
                                            CompletionException.class)
                                    .getMessage());
            return ERROR;
        }
    }

    private static int execute(
            Configuration configuration, CliFrontend frontend, String... arguments)
            throws Exception {
        Options options = new Options().addOption(HELP).addOption(JSON);
        CommandLine line = frontend.getCommandLine(options, arguments, true);
        if (line.hasOption(HELP.getOpt())) {
            System.out.println(USAGE);
            return 0;
        }
        if (line.getArgList().size() != 1) {
            throw new CliArgsException("one JOB is needed; see --help");
        }
        Configuration effective = new Configuration(configuration);
        effective.addAll(frontend.validateAndGetActiveCommandLine(line).toConfiguration(line));
        ClusterClientFactory<?> factory =
                new DefaultClusterClientServiceLoader().getClusterClientFactory(effective);
        return show(factory, effective, line.getArgList().get(0), line.hasOption("json"));
    }

    private static <T> int show(
            ClusterClientFactory<T> factory, Configuration configuration, String job, boolean json)
            throws Exception {
        T cluster = factory.getClusterId(configuration);
        if (cluster == null) {
            throw new CliArgsException("no cluster is named; see --help");
        }
        try (ClusterDescriptor<T> descriptor = factory.createClusterDescriptor(configuration);
                ClusterClient<T> client = descriptor.retrieve(cluster).getClusterClient()) {
            Duration patience = configuration.get(ClientOptions.CLIENT_TIMEOUT);
            JobID id = idOf(job, client, patience);
            PlacementDocument document = request(client, configuration, id, patience);
            System.out.print(json ? document.json() + "\n" : PlacementText.page(document));
            return 0;
        } catch (ExecutionException e) {
            RestClientException answer =
                    ExceptionUtils.findThrowable(e, RestClientException.class).orElseThrow(() -> e);
            if (answer.getHttpResponseStatus().code() != NOT_FOUND) {
                throw e;
            }
            System.err.printf(
                    "flink-placement: no placement of %s. %s%n",
                    job,
                    answer.getMessage().contains("This JobManager")
                            ? answer.getMessage()
                            : "The cluster runs without scheduler.placement.mode.");
            return NO_PLACEMENT;
        }
    }

    private static PlacementDocument request(
            ClusterClient<?> client, Configuration configuration, JobID job, Duration patience)
            throws Exception {
        URI address = URI.create(client.getWebInterfaceURL());
        JobMessageParameters parameters = new JobMessageParameters();
        parameters.jobPathParameter.resolve(job);
        RestClient rest = new RestClient(configuration, Runnable::run);
        try {
            return within(
                    rest.sendRequest(
                            address.getHost(),
                            address.getPort(),
                            new PlacementHeaders(),
                            parameters,
                            EmptyRequestBody.getInstance()),
                    patience);
        } finally {
            within(rest.closeAsync(), patience);
        }
    }

    private static JobID idOf(String job, ClusterClient<?> client, Duration patience)
            throws Exception {
        if (job.matches("[0-9a-fA-F]{32}")) {
            return JobID.fromHexString(job);
        }
        Collection<JobStatusMessage> jobs = within(client.listJobs(), patience);
        List<JobStatusMessage> named =
                jobs.stream()
                        .filter(each -> each.getJobName().equals(job))
                        .collect(Collectors.toList());
        List<JobStatusMessage> found =
                named.stream()
                        .filter(each -> !each.getJobState().isTerminalState())
                        .collect(Collectors.toList());
        if (found.isEmpty()) {
            found = named;
        }
        if (found.size() != 1) {
            throw new CliArgsException(
                    String.format(
                            "%s jobs have the name '%s'. There are: %s",
                            found.isEmpty() ? "no" : "several",
                            job,
                            jobs.stream()
                                    .map(each -> each.getJobName() + " (" + each.getJobId() + ")")
                                    .collect(Collectors.joining(", "))));
        }
        return found.get(0).getJobId();
    }

    private static <V> V within(CompletableFuture<V> answer, Duration patience)
            throws ExecutionException, InterruptedException {
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("No answer in " + patience, e);
        }
    }
}
