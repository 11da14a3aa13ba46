// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.GlobalConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What a container of the image does, as far as it can be seen without one: the build context is
 * whole, the Dockerfile keeps its rules, and the entry point runs a cluster.
 */
final class DockerImageIT {

    /**
     * What a JVM that got SIGTERM exits with; the second if it takes longer than the five seconds
     * that JvmShutdownSafeguard gives it.
     */
    private static final List<Integer> TERMINATED = List.of(143, 239);

    private static final Path CONTEXT =
            Path.of(requireNonNull(System.getProperty("docker.context")));

    private FlinkInstallation installation;
    private final List<RunningProcess> services = new ArrayList<>();

    @AfterEach
    void noProcessIsLeft() throws Exception {
        if (installation != null) {
            installation.close();
            assertThat(installation.processes()).isEmpty();
        }
    }

    // ------------------------------------------------------------------ Dockerfile

    @Test
    void baseImageIsATagOfJava17() throws IOException {
        List<String> images =
                instructions("FROM")
                        .map(arguments -> arguments.split(" ", 2)[0])
                        .filter(image -> !image.equals("base"))
                        .toList();

        assertThat(images)
                .singleElement()
                .asString()
                .matches("eclipse-temurin:17[^:]*-jre-[a-z]+")
                .doesNotContain("latest");
    }

    @Test
    void everythingThatIsCopiedIsInTheContext() throws IOException {
        List<String> copied =
                instructions("COPY")
                        .filter(arguments -> !arguments.startsWith("--from="))
                        .flatMap(arguments -> sources(arguments))
                        .toList();

        assertThat(copied).contains("docker-entrypoint.sh").hasSize(3);
        for (String pattern : copied) {
            var matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
            try (Stream<Path> files = Files.list(CONTEXT)) {
                assertThat(files.filter(file -> matcher.matches(file.getFileName())))
                        .as(pattern)
                        .hasSize(1)
                        .allMatch(Files::isRegularFile)
                        .noneMatch(Files::isSymbolicLink);
            }
        }
        assertThat(CONTEXT.resolve("docker-entrypoint.sh")).isExecutable();
    }

    private static Stream<String> sources(String arguments) {
        List<String> words = List.of(arguments.split(" +"));
        return words.subList(0, words.size() - 1).stream();
    }

    @Test
    void theTarballIsVerifiedBeforeItIsUnpacked() throws IOException {
        String steps = instructions("RUN").collect(Collectors.joining("\n"));

        assertThat(steps.indexOf("sha512sum --check"))
                .isNotNegative()
                .isLessThan(steps.indexOf("tar -xzf"));
        assertThat(steps).doesNotContain("curl", "wget", "http:");
    }

    @Test
    void theImageKeepsTheContractOfTheOfficialOne() throws IOException {
        assertThat(instructions("USER")).containsExactly("flink");
        assertThat(instructions("EXPOSE")).containsExactly("6123 8081");
        assertThat(instructions("ENTRYPOINT")).containsExactly("[\"/docker-entrypoint.sh\"]");
        assertThat(instructions("CMD")).containsExactly("[\"help\"]");
        assertThat(instructions("WORKDIR")).endsWith("/opt/flink");
        assertThat(instructions("ENV"))
                .containsExactly("FLINK_HOME=/opt/flink PATH=/opt/flink/bin:$PATH");
        assertThat(instructions("RUN"))
                .anyMatch(step -> step.contains("--gid 9999 flink") && step.contains("--uid 9999"));
    }

    /** The settings that the Dockerfile changes are there, with the values that it replaces. */
    @Test
    void theConfigurationIsOpenToOtherContainers() throws Exception {
        installation = FlinkInstallation.of(FlinkTree.DISTRIBUTION);
        String step =
                instructions("RUN")
                        .filter(one -> one.contains("config-parser-utils.sh"))
                        .findFirst()
                        .orElseThrow();
        Path conf = installation.configurationFile().getParent();
        List<String> arguments = new ArrayList<>(List.of(conf.toString()));
        Path home = FlinkTree.DISTRIBUTION.home();
        arguments.add(home.resolve("bin").toString());
        arguments.add(home.resolve("lib").toString());
        List<String> words = List.of(step.split(" +"));
        arguments.addAll(words.subList(4, words.size()));

        installation.run("config-parser-utils.sh", arguments.toArray(new String[0])).succeeded();

        assertThat(GlobalConfiguration.loadConfiguration(conf.toString()).toMap())
                .containsEntry("rest.address", "0.0.0.0")
                .containsEntry("rest.bind-address", "0.0.0.0")
                .containsEntry("jobmanager.bind-host", "0.0.0.0")
                .containsEntry("taskmanager.bind-host", "0.0.0.0")
                .doesNotContainKey("taskmanager.host");
    }

    /** The arguments of all instructions of a kind, continued lines joined, without comments. */
    private static Stream<String> instructions(String name) throws IOException {
        String text =
                Files.readAllLines(CONTEXT.resolve("Dockerfile")).stream()
                        .filter(line -> !line.startsWith("#"))
                        .collect(Collectors.joining("\n"))
                        .replaceAll("\\\\\n\\s*", "");
        return text.lines()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(name.length() + 1).strip());
    }

    // ------------------------------------------------------------------ entry point

    @Test
    void aClusterOfTwoContainersRunsAJobAndStops() throws Exception {
        // given
        installation = FlinkInstallation.of(FlinkTree.DISTRIBUTION);
        Map<String, String> settings = ClusterSettings.in(installation.directory("data"));
        JobManagerRest rest = JobManagerRest.at(Integer.parseInt(settings.get("rest.port")));
        settings.remove("taskmanager.numberOfTaskSlots");
        // The entry point's fixed port may be another process's on this host.
        settings.put("query.server.port", "0");
        installation.setEnvironment("FLINK_HOME", FlinkTree.DISTRIBUTION.home().toString());
        installation.setEnvironment("DISABLE_JEMALLOC", "true");
        installation.setEnvironment("JOB_MANAGER_RPC_ADDRESS", "localhost");
        installation.setEnvironment("TASK_MANAGER_NUMBER_OF_TASK_SLOTS", "2");
        StringBuilder properties = new StringBuilder();
        settings.forEach((key, value) -> properties.append(key + ": " + value + "\n"));
        installation.setEnvironment("FLINK_PROPERTIES", properties.toString());
        Path asUser = installation.directory("programs");
        if (ProcessHandle.current().info().user().orElse("").equals("root")) {
            // There is no user flink to become here.
            Path gosu =
                    Files.writeString(asUser.resolve("gosu"), "#!/bin/sh\nshift\nexec \"$@\"\n");
            assertThat(gosu.toFile().setExecutable(true)).isTrue();
        }
        installation.setEnvironment("PATH", asUser + ":" + System.getenv("PATH"));

        // when
        RunningProcess jobManager = start("jobmanager");
        installation.await("the JobManager", jobManager.handle(), () -> rest.taskManagers() == 0);
        RunningProcess taskManager = start("taskmanager");
        installation.await(
                "two slots",
                taskManager.handle(),
                () -> rest.get("/overview").get("slots-total").asInt() == 2);
        ProcessResult job =
                entryPoint(
                                FlinkTree.DISTRIBUTION.home().resolve("bin/flink").toString(),
                                "run",
                                FlinkTree.DISTRIBUTION
                                        .home()
                                        .resolve("examples/streaming/WordCount.jar")
                                        .toString())
                        .await(Await.PATIENCE);
        int finished = rest.get("/overview").get("jobs-finished").asInt();
        services.forEach(RunningProcess::terminate);
        ProcessResult jobManagerEnd = jobManager.await(Await.PATIENCE);
        ProcessResult taskManagerEnd = taskManager.await(Await.PATIENCE);

        // then
        job.succeeded();
        assertThat(finished).isEqualTo(1);
        assertThat(jobManagerEnd.exitCode()).as(jobManagerEnd.toString()).isIn(TERMINATED);
        assertThat(taskManagerEnd.exitCode()).as(taskManagerEnd.toString()).isIn(TERMINATED);
        assertThat(jobManagerEnd.stdout()).contains("RECEIVED SIGNAL 15: SIGTERM");
        // The words go to the console of the container.
        assertThat(taskManagerEnd.stdout()).contains("(ophelia,1)");
    }

    private RunningProcess start(String command) throws IOException {
        RunningProcess service = entryPoint(command);
        services.add(service);
        return service;
    }

    private RunningProcess entryPoint(String... arguments) throws IOException {
        return installation.startProgram(CONTEXT.resolve("docker-entrypoint.sh"), arguments);
    }
}
