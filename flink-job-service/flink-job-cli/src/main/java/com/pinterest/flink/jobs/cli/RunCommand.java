// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes what {@code bin/flink run} takes, and registers and submits the job. */
@Command(
        name = "run",
        description = {
            "Registers and submits a job, with the options of bin/flink run. If the job runs, it is"
                    + " upgraded. --print-spec shows the specification, to go on with a file."
        })
final class RunCommand extends FlinkJobs.Operate {

    private static final String SAVEPOINTS = "execution.checkpointing.savepoint-dir";
    private static final List<String> OLD_SAVEPOINTS = List.of("state.savepoints.dir");

    @Option(
            names = "--name",
            paramLabel = "JOB",
            required = true,
            description = "[NAMESPACE/]NAME of the job: there is never more than one of a name.")
    private String name;

    @Option(
            names = "--cluster",
            paramLabel = "NAME",
            description = "Default: the only cluster that the service has.")
    private String cluster;

    @Option(
            names = "--print-spec",
            description = "Prints the specification, and does nothing else.")
    private boolean printSpec;

    @Option(
            names = {"-c", "--class"},
            paramLabel = "CLASS",
            description = "Class with the main method. Default: that of the manifest")
    private String entryClass;

    @Option(
            names = {"-p", "--parallelism"},
            paramLabel = "N")
    private Integer parallelism;

    @Option(
            names = {"-s", "--fromSavepoint"},
            paramLabel = "PATH",
            description = "Begins with this state. Default: the newest of the last run")
    private String from;

    @Option(
            names = {"-n", "--allowNonRestoredState"},
            description = "Drops state that the job does not have any more.")
    private boolean allowNonRestoredState;

    @Option(
            names = {"-d", "--detached"},
            description = "Does not wait until the job runs.")
    private boolean detached;

    @Option(names = "-D", paramLabel = "KEY=VALUE", description = "Configuration of the job")
    private Map<String, String> configuration = new LinkedHashMap<>();

    @Parameters(index = "0", paramLabel = "JAR")
    private Path jar;

    @Parameters(index = "1..*", paramLabel = "ARGUMENT", description = "Arguments of the job")
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
        String job = name.contains("/") ? name : "default/" + name;
        if (printSpec) {
            output().line(spec(job, cluster == null ? "CLUSTER" : cluster));
            return ExitCode.OK;
        }
        String target =
                cluster == null ? onlyCluster(client().get(FlinkJobs.API + "/clusters")) : cluster;
        SpecFiles files = SpecFiles.ofText("flink-jobs-run.yaml", spec(job, target));
        FlinkJobs.register(client(), files, null);
        if (!detached) {
            waitForEnd();
        }
        return operate(
                job,
                "submit",
                body -> {
                    if (from != null) {
                        body.put("from", from);
                    }
                });
    }

    private static String onlyCluster(JsonNode clusters) {
        JsonNode items = clusters.path("items");
        if (items.size() != 1) {
            throw new CliException(
                    ExitCode.USAGE,
                    "the service has " + items.size() + " clusters: choose one by --cluster");
        }
        return items.get(0).path("name").asText();
    }

    /** A specification in JSON, which is YAML, too. */
    private String spec(String job, String target) {
        Map<String, String> rest = new TreeMap<>(configuration);
        String savepoints = rest.remove(SAVEPOINTS);
        for (String old : OLD_SAVEPOINTS) {
            String value = rest.remove(old);
            savepoints = savepoints == null ? value : savepoints;
        }
        if (savepoints == null) {
            throw new CliException(
                    ExitCode.USAGE,
                    "-D" + SAVEPOINTS + "=URL is missing: upgrades and stops need a savepoint");
        }
        ObjectNode document = new ObjectMapper().createObjectNode();
        document.put("apiVersion", "flink-job-service/v1").put("kind", "FlinkJob");
        document.putObject("metadata")
                .put("name", job.substring(job.indexOf('/') + 1))
                .put("namespace", job.substring(0, job.indexOf('/')));
        ObjectNode spec = document.putObject("spec");
        spec.putObject("target").put("kind", "session").put("cluster", target);
        if (!rest.isEmpty()) {
            ObjectNode options = spec.putObject("flinkConfiguration");
            rest.forEach(options::put);
        }
        ObjectNode described = spec.putObject("job");
        described.put("jarURI", jar.toString());
        if (entryClass != null) {
            described.put("entryClass", entryClass);
        }
        if (!arguments.isEmpty()) {
            arguments.forEach(described.putArray("args")::add);
        }
        if (parallelism != null) {
            described.put("parallelism", parallelism);
        }
        if (allowNonRestoredState) {
            described.put("allowNonRestoredState", true);
        }
        spec.putObject("savepoints").put("dir", savepoints);
        return document.toPrettyString();
    }
}
