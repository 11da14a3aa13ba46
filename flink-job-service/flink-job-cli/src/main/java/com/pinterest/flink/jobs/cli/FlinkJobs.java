// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The commands of {@code bin/flink-jobs}. */
@Command(
        name = "flink-jobs",
        description = "Drives Flink jobs through the job service.",
        mixinStandardHelpOptions = true,
        version = "flink-jobs 2.3.0-pinterest-1",
        footer = {
            "",
            "Exit codes: 0 done; 1 internal error; 2 wrong usage; 3 not found; 4 refused;",
            "5 the specification has mistakes; 6 failed, the old version runs on or was started",
            "again; 7 failed, nothing runs; 8 not done in time, the operation goes on; 9 not",
            "allowed; 10 the service does not answer."
        },
        subcommands = {
            FlinkJobs.Lint.class,
            FlinkJobs.Register.class,
            FlinkJobs.Submit.class,
            RunCommand.class,
            FlinkJobs.Upgrade.class,
            FlinkJobs.Savepoint.class,
            FlinkJobs.Stop.class,
            FlinkJobs.Cancel.class,
            FlinkJobs.Restart.class,
            FlinkJobs.Recover.class,
            FlinkJobs.Rescale.class,
            FlinkJobs.Hotfix.class,
            FlinkJobs.Abort.class,
            FlinkJobs.Wait.class,
            FlinkJobs.Jobs.class,
            FlinkJobs.Status.class,
            FlinkJobs.Get.class,
            FlinkJobs.History.class,
            FlinkJobs.Timeline.class,
            FlinkJobs.Savepoints.class,
            FlinkJobs.ClusterCommand.class,
            FlinkJobs.TokenCommand.class,
            FlinkJobs.Audit.class,
            FlinkJobs.Completion.class
        })
public final class FlinkJobs implements Runnable {

    static final String API = "/api/v1";

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(execute(arguments));
    }

    static int execute(String... arguments) {
        CommandLine commands = new CommandLine(new FlinkJobs());
        // What follows the jar are arguments of the job.
        commands.getSubcommands().get("run").setStopAtPositional(true);
        commands.setExecutionExceptionHandler(
                (e, command, result) -> {
                    if (e instanceof CliException known) {
                        System.err.println("flink-jobs: " + Output.plain(known.getMessage()));
                        return known.exitCode();
                    }
                    System.err.println("flink-jobs: internal error: " + e);
                    return ExitCode.INTERNAL;
                });
        return commands.execute(arguments);
    }

    /** A command that talks to the service. */
    abstract static class Remote implements Callable<Integer> {
        @Mixin private Connection connection;

        private Client client;

        final Client client() {
            if (client == null) {
                // A wrong format has to be known before anything is done.
                connection.output();
                client = connection.client();
            }
            return client;
        }

        final Output output() {
            return connection.output();
        }

        static String path(String job) {
            String full = job.contains("/") ? job : "default/" + job;
            if (!full.matches("[a-z0-9-]+/[a-z0-9-]+")) {
                throw new CliException(ExitCode.USAGE, "not a job, [NAMESPACE/]NAME: " + job);
            }
            return API + "/jobs/" + full;
        }
    }

    // ------------------------------------------------------------------ specifications

    @Command(name = "lint", description = "Checks a specification.")
    static final class Lint extends Remote {
        @Parameters(paramLabel = "FILE")
        private Path file;

        @Override
        public Integer call() {
            ObjectNode body = client().json().createObjectNode();
            SpecFiles.of(file).addTo(body);
            output().object(client().post(API + "/lint", body, Map.of()));
            return ExitCode.OK;
        }
    }

    /** Uploads the jar that a specification names, and registers the specification. */
    static JsonNode register(Client client, SpecFiles files, String ifMatch) {
        ObjectNode body = client.json().createObjectNode();
        files.addTo(body);
        JsonNode checked = client.post(API + "/lint", body, Map.of());
        String uri = checked.path("jarURI").asText();
        if (!uri.matches("(?!file:)[a-z][a-z0-9+.-]*://.*")) {
            Path jar = files.jar(uri);
            String digest = SpecFiles.sha256(jar);
            String path = API + "/artifacts/" + digest;
            if (!client.exists(path)) {
                String name =
                        URLEncoder.encode(jar.getFileName().toString(), StandardCharsets.UTF_8);
                client.putFile(path + "?name=" + name, jar);
            }
            body.putObject("artifacts").put(uri, digest);
        }
        String job = checked.path("namespace").asText() + "/" + checked.path("name").asText();
        Map<String, String> headers =
                ifMatch == null ? Map.of() : Map.of("If-Match", "\"" + ifMatch + "\"");
        return client.put(API + "/jobs/" + job, body, headers);
    }

    @Command(
            name = "register",
            description = "Stores what a job is, and its jar. Does not touch what runs.")
    static final class Register extends Remote {
        @Parameters(paramLabel = "FILE")
        private Path file;

        @Option(
                names = "--if-generation",
                paramLabel = "N",
                description = "Only if the job is at this generation.")
        private String generation;

        @Override
        public Integer call() {
            JsonNode job = register(client(), SpecFiles.of(file), generation);
            if (output().isForPrograms()) {
                output().object(job);
            } else {
                output().line(
                                "registered "
                                        + job.path("namespace").asText()
                                        + "/"
                                        + job.path("name").asText()
                                        + ", revision "
                                        + job.path("generation").asText());
            }
            return ExitCode.OK;
        }
    }

    // ------------------------------------------------------------------ operations

    /** A command that opens an operation. */
    abstract static class Operate extends Remote {
        @Option(names = "--wait", description = "Waits for the end, and shows each step.")
        private boolean wait;

        final void waitForEnd() {
            wait = true;
        }

        @Option(
                names = "--timeout",
                paramLabel = "SECONDS",
                defaultValue = "900",
                description = "How long to wait. Default: 900")
        private int timeout;

        @Option(
                names = "--idempotency-key",
                paramLabel = "KEY",
                description = "The same key again is the same operation.")
        private String key;

        final int operate(String job, String kind, Consumer<ObjectNode> parameters) {
            ObjectNode body = client().json().createObjectNode();
            body.put("kind", kind);
            parameters.accept(body);
            // Also without the user's wish: the request can be sent again if the answer is lost.
            String unique = key == null ? UUID.randomUUID().toString() : key;
            JsonNode operation =
                    client().post(
                                    path(job) + "/operations",
                                    body,
                                    Map.of("Idempotency-Key", unique));
            String id = operation.path("id").asText();
            if (wait) {
                return await(client(), output(), id, Duration.ofSeconds(timeout));
            }
            if (output().isForPrograms()) {
                output().object(operation);
            } else {
                output().line(operation.path("kind").asText() + " " + id);
            }
            return ExitCode.OK;
        }
    }

    /** Waits for the end of an operation, and shows its steps. */
    private static int await(Client client, Output output, String id, Duration timeout) {
        Instant until = Instant.now().plus(timeout);
        int shown = 0;
        while (true) {
            JsonNode operation = client.get(API + "/operations/" + id + "?wait=1s");
            JsonNode timeline = operation.path("timeline");
            for (; shown < timeline.size() && !output.isForPrograms(); shown++) {
                JsonNode entry = timeline.get(shown);
                output.line(
                        entry.path("at").asText()
                                + "  "
                                + String.format("%-10s", entry.path("step").asText())
                                + entry.path("note").asText());
            }
            String state = operation.path("state").asText();
            boolean late = Instant.now().isAfter(until);
            if (late || (!state.equals("OPEN") && !state.equals("BLOCKED"))) {
                if (output.isForPrograms()) {
                    output.object(operation);
                } else {
                    String failure = operation.path("failure").asText();
                    output.line(
                            operation.path("kind").asText()
                                    + " "
                                    + state
                                    + (failure.isEmpty() ? "" : ": " + failure));
                }
                return ExitCode.ofOperation(state);
            }
        }
    }

    /** A command on a job that may come with its specification. */
    abstract static class Start extends Operate {
        @Parameters(
                paramLabel = "JOB|FILE",
                description = "[NAMESPACE/]NAME, or a specification, which is registered first.")
        private String job;

        @Option(names = "--revision", paramLabel = "N", description = "Default: the newest.")
        private Long revision;

        final int start(String kind, Consumer<ObjectNode> parameters) {
            String name = job;
            if (job.endsWith(".yaml") || job.endsWith(".yml")) {
                JsonNode registered = register(client(), SpecFiles.of(Path.of(job)), null);
                name =
                        registered.path("namespace").asText()
                                + "/"
                                + registered.path("name").asText();
            }
            return operate(
                    name,
                    kind,
                    body -> {
                        if (revision != null) {
                            body.put("revision", revision);
                        }
                        parameters.accept(body);
                    });
        }
    }

    @Command(
            name = "submit",
            description = {
                "Starts a job. If it runs already, it is replaced as by upgrade: a name is one job."
            })
    static final class Submit extends Start {
        @Option(
                names = "--from",
                paramLabel = "STATE",
                description = "latest (default), fresh, or the path of a savepoint or checkpoint.")
        private String from;

        @Override
        public Integer call() {
            return start(
                    "submit",
                    body -> {
                        if (from != null) {
                            body.put("from", from);
                        }
                    });
        }
    }

    @Command(
            name = "upgrade",
            description = {
                "Replaces the running revision: checks the new one, stops the old one with a"
                        + " savepoint, starts the new one from it, and goes back by itself if the"
                        + " new one does not become stable."
            })
    static final class Upgrade extends Start {
        @Override
        public Integer call() {
            return start("upgrade", body -> {});
        }
    }

    /** A command on a job. */
    abstract static class OnJob extends Operate {
        @Parameters(paramLabel = "JOB", description = "[NAMESPACE/]NAME")
        private String job;

        final int operate(String kind) {
            return operate(kind, body -> {});
        }

        final int operate(String kind, Consumer<ObjectNode> parameters) {
            return operate(job, kind, parameters);
        }
    }

    @Command(name = "savepoint", description = "Takes a savepoint; the job runs on.")
    static final class Savepoint extends OnJob {
        @Override
        public Integer call() {
            return operate("savepoint");
        }
    }

    @Command(name = "stop", description = "Stops a job with a savepoint.")
    static final class Stop extends OnJob {
        @Option(names = "--drain", description = "Sends the last watermark first.")
        private boolean drain;

        @Override
        public Integer call() {
            return operate("stop", body -> body.put("drain", drain));
        }
    }

    @Command(name = "cancel", description = "Ends a job without a savepoint.")
    static final class Cancel extends OnJob {
        @Override
        public Integer call() {
            return operate("cancel");
        }
    }

    @Command(name = "restart", description = "Stops a job with a savepoint and starts it from it.")
    static final class Restart extends OnJob {
        @Override
        public Integer call() {
            return operate("restart");
        }
    }

    @Command(
            name = "recover",
            description = "Starts a job again that has failed, from its newest state.")
    static final class Recover extends OnJob {
        @Override
        public Integer call() {
            return operate("recover");
        }
    }

    @Command(name = "rescale", description = "Restarts a job with another parallelism.")
    static final class Rescale extends OnJob {
        @Option(
                names = {"-p", "--parallelism"},
                paramLabel = "N",
                required = true)
        private int parallelism;

        @Override
        public Integer call() {
            return operate("rescale", body -> body.put("parallelism", parallelism));
        }
    }

    @Command(name = "hotfix", description = "Restarts a job with other configuration.")
    static final class Hotfix extends OnJob {
        @Option(names = "-D", paramLabel = "KEY=VALUE", required = true)
        private Map<String, String> configuration;

        @Override
        public Integer call() {
            return operate(
                    "hotfix",
                    body -> {
                        ObjectNode node = body.putObject("configuration");
                        configuration.forEach(node::put);
                    });
        }
    }

    @Command(
            name = "abort",
            description = {
                "Ends an operation: at once if it has changed nothing, otherwise it goes back."
            })
    static final class Abort extends Remote {
        @Parameters(paramLabel = "OPERATION")
        private String operation;

        @Override
        public Integer call() {
            ObjectNode body = client().json().createObjectNode();
            output().object(
                            client().post(
                                            API + "/operations/" + operation + "/abort",
                                            body,
                                            Map.of()));
            return ExitCode.OK;
        }
    }

    @Command(name = "wait", description = "Waits for the end of an operation.")
    static final class Wait extends Remote {
        @Parameters(paramLabel = "OPERATION")
        private String operation;

        @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "900")
        private int timeout;

        @Override
        public Integer call() {
            return await(client(), output(), operation, Duration.ofSeconds(timeout));
        }
    }

    // ------------------------------------------------------------------ looking

    @Command(name = "list", description = "Lists the jobs.")
    static final class Jobs extends Remote {
        @Override
        public Integer call() {
            String cursor = "";
            while (cursor != null) {
                JsonNode page = client().get(API + "/jobs?limit=500" + cursor);
                output().table(
                                page,
                                "namespace",
                                "name",
                                "phase",
                                "desired",
                                "generation",
                                "run/epoch",
                                "run/cluster",
                                "run/evidenceAgeSeconds");
                cursor = page.has("next") ? "&cursor=" + page.path("next").asText() : null;
            }
            return ExitCode.OK;
        }
    }

    @Command(name = "status", description = "Shows where a job is, and since when that is known.")
    static final class Status extends Remote {
        @Parameters(paramLabel = "JOB")
        private String job;

        @Override
        public Integer call() {
            JsonNode answer = client().get(path(job));
            ((ObjectNode) answer).remove("spec");
            output().object(answer);
            return ExitCode.OK;
        }
    }

    @Command(name = "get", description = "Prints the specification of a job.")
    static final class Get extends Remote {
        @Parameters(paramLabel = "JOB")
        private String job;

        @Override
        public Integer call() {
            JsonNode answer = client().get(path(job));
            if (output().isForPrograms()) {
                output().object(answer);
            } else {
                output().line(answer.path("spec").asText().stripTrailing());
            }
            return ExitCode.OK;
        }
    }

    @Command(name = "history", description = "Lists the operations on a job, and its starts.")
    static final class History extends Remote {
        @Parameters(paramLabel = "JOB")
        private String job;

        @Override
        public Integer call() {
            output().table(
                            client().get(path(job) + "/operations"),
                            "id",
                            "kind",
                            "state",
                            "revision",
                            "epoch",
                            "by",
                            "createdAt",
                            "closedAt");
            output().table(
                            client().get(path(job) + "/deployments"),
                            "epoch",
                            "revision",
                            "cluster",
                            "startedAt",
                            "endedAt",
                            "end",
                            "restorePath");
            return ExitCode.OK;
        }
    }

    @Command(name = "describe", description = "Shows an operation step by step.")
    static final class Timeline extends Remote {
        @Parameters(paramLabel = "OPERATION")
        private String operation;

        @Override
        public Integer call() {
            JsonNode answer = client().get(API + "/operations/" + operation);
            if (output().isForPrograms()) {
                output().object(answer);
                return ExitCode.OK;
            }
            ObjectNode rows = client().json().createObjectNode();
            rows.set("items", answer.path("timeline"));
            output().table(rows, "at", "step", "note", "seen");
            ((ObjectNode) answer).remove("timeline");
            output().object(answer);
            return ExitCode.OK;
        }
    }

    @Command(name = "savepoints", description = "Lists the savepoints of a job.")
    static final class Savepoints extends Remote {
        @Parameters(paramLabel = "JOB")
        private String job;

        @Override
        public Integer call() {
            output().table(client().get(path(job) + "/savepoints"), "createdAt", "epoch", "path");
            return ExitCode.OK;
        }
    }

    // ------------------------------------------------------------------ administration

    @Command(
            name = "cluster",
            description = "Adds and lists clusters.",
            subcommands = {ClusterAdd.class, ClusterList.class})
    static final class ClusterCommand implements Runnable {
        @Override
        public void run() {
            CommandLine.usage(this, System.out);
        }
    }

    @Command(
            name = "add",
            description = {
                "Adds a cluster, or changes it: a session cluster by its URL, or with --yarn the",
                "YARN cluster of the service's Hadoop configuration, for application mode."
            })
    static final class ClusterAdd extends Remote {
        @Parameters(index = "0", paramLabel = "NAME")
        private String name;

        @Parameters(
                index = "1",
                arity = "0..1",
                paramLabel = "URL",
                description = "Such as http://host:8081")
        private String address;

        @Option(names = "--yarn", description = "The YARN cluster; it needs no URL.")
        private boolean yarn;

        @Option(
                names = "--flink-home",
                paramLabel = "DIRECTORY",
                description =
                        "For YARN, the distribution of Flink on the host of the service whose jobs"
                                + " run there. Default: that of the service")
        private Path flinkHome;

        @Override
        public Integer call() {
            if (!name.matches("[a-z0-9-]+")) {
                throw new CliException(ExitCode.USAGE, "not a name: " + name);
            }
            ObjectNode body = client().json().createObjectNode();
            if (yarn == (address != null)) {
                throw new CliException(ExitCode.USAGE, "cluster add needs either a URL or --yarn");
            }
            if (flinkHome != null && !yarn) {
                throw new CliException(ExitCode.USAGE, "only --yarn has a --flink-home");
            }
            if (yarn) {
                body.put("kind", "yarn-application");
                if (flinkHome != null) {
                    body.put("address", flinkHome.toAbsolutePath().normalize().toString());
                }
            } else {
                body.put("address", address);
            }
            output().object(client().put(API + "/clusters/" + name, body, Map.of()));
            return ExitCode.OK;
        }
    }

    @Command(name = "list", description = "Lists the clusters.")
    static final class ClusterList extends Remote {
        @Override
        public Integer call() {
            output().table(
                            client().get(API + "/clusters"),
                            "name",
                            "kind",
                            "address",
                            "reachable",
                            "flinkVersion");
            return ExitCode.OK;
        }
    }

    @Command(
            name = "token",
            description = "Makes, lists and revokes tokens.",
            subcommands = {TokenCreate.class, TokenList.class, TokenRevoke.class})
    static final class TokenCommand implements Runnable {
        @Override
        public void run() {
            CommandLine.usage(this, System.out);
        }
    }

    @Command(name = "create", description = "Makes a token, and prints it: it is shown only once.")
    static final class TokenCreate extends Remote {
        @Parameters(paramLabel = "NAME")
        private String name;

        @Option(
                names = "--role",
                defaultValue = "viewer",
                description = "viewer (default), operator or admin")
        private String role;

        @Option(names = "--namespace", defaultValue = "", description = "Default: all")
        private String namespace;

        @Option(
                names = "--job",
                paramLabel = "NAMESPACE/NAME",
                description = "For this job only, as for its pipeline")
        private String job;

        @Override
        public Integer call() {
            ObjectNode body = client().json().createObjectNode();
            body.put("name", name).put("role", role).put("namespace", namespace);
            if (job != null) {
                if (!namespace.isEmpty()) {
                    throw new CliException(ExitCode.USAGE, "--job has a namespace already");
                }
                String[] key = path(job).substring((API + "/jobs/").length()).split("/", 2);
                body.put("namespace", key[0]).put("job", key[1]);
            }
            JsonNode token = client().post(API + "/tokens", body, Map.of());
            output().line(token.path("token").asText());
            return ExitCode.OK;
        }
    }

    @Command(name = "list", description = "Lists the tokens.")
    static final class TokenList extends Remote {
        @Override
        public Integer call() {
            output().table(
                            client().get(API + "/tokens"),
                            "name",
                            "role",
                            "namespace",
                            "job",
                            "createdAt");
            return ExitCode.OK;
        }
    }

    @Command(name = "revoke", description = "Makes a token invalid.")
    static final class TokenRevoke extends Remote {
        @Parameters(paramLabel = "NAME")
        private String name;

        @Override
        public Integer call() {
            client().delete(API + "/tokens/" + name);
            return ExitCode.OK;
        }
    }

    @Command(name = "audit", description = "Lists who did what, the newest first.")
    static final class Audit extends Remote {
        @Override
        public Integer call() {
            output().table(
                            client().get(API + "/audit"),
                            "number",
                            "at",
                            "principal",
                            "action",
                            "subject",
                            "detail");
            return ExitCode.OK;
        }
    }

    @Command(
            name = "completion",
            description = {
                "Prints a script by which bash or zsh completes commands and options:",
                "source <(bin/flink-jobs completion)"
            })
    static final class Completion implements Callable<Integer> {
        @Spec private CommandSpec spec;

        @Override
        public Integer call() {
            System.out.print(AutoComplete.bash("flink-jobs", spec.root().commandLine()));
            return ExitCode.OK;
        }
    }
}
