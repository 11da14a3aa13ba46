// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.dist.scripts.ScriptPrograms;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator sees who has a wrong configuration, a busy port or no Java. */
final class BadInputIT {

    private FlinkInstallation installation;

    @BeforeEach
    void prepare() throws Exception {
        installation = FlinkInstallation.of(FlinkTree.DISTRIBUTION);
    }

    @AfterEach
    void noProcessIsLeft() throws Exception {
        installation.close();
        assertThat(installation.processes()).isEmpty();
    }

    // ------------------------------------------------------------------ configuration

    @ParameterizedTest
    @ValueSource(strings = {"jobmanager.sh", "taskmanager.sh"})
    void configurationThatIsNoYamlStartsNothing(String script) throws Exception {
        // given
        Files.writeString(installation.configurationFile(), "rest:\n  port: [8081\n");

        // when
        ProcessResult start = installation.run(script, "start");

        // then
        assertNothingStarted(start);
        assertThat(start.stderr()).contains("config.yaml", "[ERROR]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"jobmanager.sh", "taskmanager.sh"})
    void missingConfigurationStartsNothing(String script) throws Exception {
        // given
        Files.delete(installation.configurationFile());

        // when
        ProcessResult start = installation.run(script, "start");

        // then
        assertNothingStarted(start);
        assertThat(start.stderr()).contains(installation.configurationFile().toString());
    }

    @Test
    void memorySizeThatIsNoneIsNamedByTheJobManager() throws Exception {
        // given
        installation.configure(Map.of("jobmanager.memory.process.size", "a lot"));

        // when
        ProcessResult start = installation.run("jobmanager.sh", "start");

        // then
        assertNothingStarted(start);
        assertThat(start.stderr()).contains("a lot", "jobmanager.memory.process.size");
    }

    @Test
    void memorySizeThatIsTooSmallIsNamedByTheTaskManager() throws Exception {
        // given
        installation.configure(Map.of("taskmanager.memory.process.size", "100m"));

        // when
        ProcessResult start = installation.run("taskmanager.sh", "start");

        // then
        assertNothingStarted(start);
        assertThat(start.stderr())
                .contains("IllegalConfigurationException", "100.000mb", "GET_TM_RESOURCE_PARAMS");
    }

    private void assertNothingStarted(ProcessResult start) throws IOException {
        assertThat(start.exitCode()).as(start.toString()).isEqualTo(1);
        assertThat(start.output()).doesNotContain("Starting ");
        assertThat(installation.processes()).isEmpty();
        assertThat(installation.hasPidFiles()).isFalse();
    }

    // ------------------------------------------------------------------ YARN

    @Test
    void yarnWithoutHadoopIsToldWhatToSet() throws Exception {
        ProcessResult session = installation.run("yarn-session.sh", "-d");
        ProcessResult application =
                installation.run("flink", "run", "-t", "yarn-application", Flights.jar());

        assertThat(session.exitCode()).as(session.toString()).isEqualTo(1);
        assertThat(session.stderr())
                .contains("NoClassDefFoundError: org/apache/hadoop/")
                .contains("export HADOOP_CLASSPATH=$(hadoop classpath)");
        assertThat(application.exitCode()).as(application.toString()).isEqualTo(1);
        assertThat(application.stderr())
                .contains("make sure to export the HADOOP_CLASSPATH environment variable");
    }

    // ------------------------------------------------------------------ ports

    @Test
    void busyRestPortEndsTheJobManagerAndIsNamed() throws Exception {
        // given
        try (ServerSocket socket = Ports.occupy(0)) {
            configureCluster("rest.port", Integer.toString(socket.getLocalPort()));

            // when
            ProcessResult start = installation.run("jobmanager.sh", "start-foreground");

            // then
            assertThat(start.exitCode()).isEqualTo(1);
            assertThat(start.stdout())
                    .contains(
                            "Could not start rest endpoint on any port in port range "
                                    + socket.getLocalPort());
        }
    }

    @Test
    void busyRestPortEndsTheDaemonToo() throws Exception {
        // given
        try (ServerSocket socket = Ports.occupy(0)) {
            configureCluster("rest.port", Integer.toString(socket.getLocalPort()));

            // when
            installation.run("jobmanager.sh", "start").succeeded();

            // then
            Await.until("the end of the JobManager", () -> installation.processes().isEmpty());
            assertThat(installation.log("standalonesession"))
                    .contains("port range " + socket.getLocalPort());
        }
    }

    @Test
    void rangeOfBusyPortsEndsTheJobManagerAndIsNamed() throws Exception {
        // given a range without a free port
        List<ServerSocket> sockets = Ports.occupyTwo();
        try (ServerSocket first = sockets.get(0);
                ServerSocket second = sockets.get(1)) {
            String range = first.getLocalPort() + "-" + second.getLocalPort();
            configureCluster("rest.bind-port", range);

            // when
            ProcessResult start = installation.run("jobmanager.sh", "start-foreground");

            // then
            assertThat(start.exitCode()).isEqualTo(1);
            assertThat(start.stdout()).contains("port range " + range);
        }
    }

    @Test
    void busyRpcPortEndsTheJobManagerAndIsNamed() throws Exception {
        // given
        try (ServerSocket socket = Ports.occupy(0)) {
            configureCluster("jobmanager.rpc.port", Integer.toString(socket.getLocalPort()));

            // when
            ProcessResult start = installation.run("jobmanager.sh", "start-foreground");

            // then; not always 1, as upstream's fatal exit handler can win the race to the end
            assertThat(start.exitCode()).isNotZero();
            assertThat(start.stdout())
                    .contains(
                            "Could not start actor system on any port in port range "
                                    + socket.getLocalPort());
        }
    }

    private void configureCluster(String key, String value) throws IOException {
        Map<String, String> settings = ClusterSettings.in(installation.directory("data"));
        settings.put(key, value);
        installation.configure(settings);
    }

    // ------------------------------------------------------------------ installation

    @ParameterizedTest
    @ValueSource(strings = {"flink", "jobmanager.sh", "taskmanager.sh", "sql-client.sh"})
    void withoutJavaAllScriptsSayWhatToSet(String script) throws Exception {
        // given
        Path programs = installation.directory("programs");
        for (String program : ScriptPrograms.NAMES) {
            Files.createSymbolicLink(programs.resolve(program), find(program));
        }
        installation.setEnvironment("PATH", programs.toString());
        installation.unsetEnvironment("JAVA_HOME");

        // when
        ProcessResult run = installation.run(script, "start");

        // then
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.output()).contains("Java was not found", "JAVA_HOME", "env.java.home");
        assertThat(run.output().lines()).hasSize(1);
    }

    private static Path find(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError(program + " is not on the PATH"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"flink", "jobmanager.sh"})
    void secondFlinkDistJarIsNamed(String script) throws Exception {
        // given
        Path lib = installation.directory("lib");
        for (Path jar : FlinkTree.DISTRIBUTION.libJars()) {
            Files.createSymbolicLink(lib.resolve(jar.getFileName()), jar);
        }
        Files.createFile(lib.resolve("flink-dist-0.1.jar"));
        installation.setEnvironment("FLINK_LIB_DIR", lib.toString());

        // when
        ProcessResult run = installation.run(script, "start");

        // then
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stderr()).contains("More than one flink-dist*.jar", "flink-dist-0.1.jar");
        assertThat(installation.processes()).isEmpty();
    }
}
