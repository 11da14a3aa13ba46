// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.scripts;

import static com.pinterest.flink.dist.scripts.FakeInstallation.JOB_MANAGER;
import static com.pinterest.flink.dist.scripts.FakeInstallation.TASK_MANAGER;
import static com.pinterest.flink.dist.scripts.FakeInstallation.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.dist.scripts.FakeInstallation.RunningScript;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.configuration.GlobalConfiguration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The entry point of the container image, outside a container and by an ordinary user. */
@ExtendWith(FakeInstallationExtension.class)
final class DockerEntrypointTest {

    private static final Path ENTRY_POINT =
            Path.of(System.getProperty("basedir", ""))
                    .resolve("src/main/docker/docker-entrypoint.sh")
                    .toAbsolutePath();

    private FakeInstallation flink;

    @BeforeEach
    void prepare(FakeInstallation installation) {
        flink = installation;
        flink.set("FLINK_HOME", flink.home().toString());
        flink.set("DISABLE_JEMALLOC", "true");
        flink.allow("ln", "mktemp");
        flink.program("id", "echo 9999");
        flink.program("hostname", "echo container-1");
        flink.service("exit 0");
    }

    // ------------------------------------------------------------------ commands

    @ParameterizedTest
    @CsvSource({
        "jobmanager, org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
        "taskmanager, org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
        "standalone-job,"
                + " org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint",
        "history-server, org.apache.flink.runtime.webmonitor.history.HistoryServer",
        "sql-gateway, org.apache.flink.table.gateway.SqlGateway",
    })
    void serviceRunsInTheForegroundWithItsArguments(String command, String mainClass) {
        flink.service("echo \"console of $0\"; exit 7");

        ScriptRun run = run(command, "-D", "a=b  c");

        assertThat(run.exitCode()).as(run.stderr()).isEqualTo(7);
        assertThat(run.stdout()).contains("console of");
        assertThat(flink.javaCalls(mainClass))
                .singleElement()
                .satisfies(call -> assertThat(call.programArguments()).endsWith("-D", "a=b  c"));
    }

    @Test
    void signalsReachTheJvm() {
        flink.service(
                "trap 'echo terminated; exit 143' TERM; echo ready; while :; do sleep 0.1; done");

        RunningScript script = flink.start(ENTRY_POINT, "taskmanager");
        FakeInstallation.await(() -> text(script.stdout()).contains("ready"), () -> "the service");
        script.process().destroy();
        ScriptRun run = script.await();

        assertThat(flink.awaitJavaCall(TASK_MANAGER).pid()).isEqualTo(script.process().pid());
        assertThat(run.exitCode()).isEqualTo(143);
        assertThat(run.stdout()).containsOnlyOnce("terminated");
    }

    @Test
    void otherCommandsRunAsTheyAre() {
        ScriptRun run = run("bash", "-c", "echo \"$1\"; exit 3", "name", "two  words");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.stdout()).isEqualTo("two  words\n");
    }

    @Test
    void nativeKubernetesRunsItsScript() {
        ScriptRun run =
                run(
                        "bash",
                        "-c",
                        "PATH=$FLINK_HOME/bin:$PATH; kubernetes-jobmanager.sh kubernetes-session");

        assertThat(run.exitCode()).isZero();
        assertThat(
                        flink.javaCalls(
                                "org.apache.flink.kubernetes.entrypoint"
                                        + ".KubernetesSessionClusterEntrypoint"))
                .hasSize(1);
    }

    @Test
    void commandThatDoesNotExistIsNamed() {
        ScriptRun run = run("jobmanger");

        assertThat(run.exitCode()).isEqualTo(127);
        assertThat(run.stderr()).isEqualTo("[ERROR] no command 'jobmanger': try help\n");
        assertThat(flink.calls("java")).isEmpty();
    }

    @Test
    void helpNamesCommandsAndVariables() {
        ScriptRun run = run("help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.stdout())
                .contains("jobmanager", "standalone-job", "taskmanager", "history-server")
                .contains("sql-gateway", "FLINK_PROPERTIES", "${NAME}", "ENABLE_BUILT_IN_PLUGINS");
        assertThat(flink.calls("java")).isEmpty();
    }

    @Test
    void withoutACommandTheHelpIsAnError() {
        ScriptRun run = run();

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stderr()).isEqualTo(run("help").stdout());
    }

    // ------------------------------------------------------------------ configuration

    @Test
    void thisHostIsTheJobManagerUnlessAnotherIsNamed() {
        flink.useConfigurationTool();

        run("bash", "-c", "");
        Map<String, String> own = configuration();
        flink.set("JOB_MANAGER_RPC_ADDRESS", "jobmanager-2");
        flink.set("TASK_MANAGER_NUMBER_OF_TASK_SLOTS", "12");
        run("bash", "-c", "");

        assertThat(flink.calls("hostname").get(0).arguments()).containsExactly("-f");
        assertThat(own)
                .containsEntry("jobmanager.rpc.address", "container-1")
                .containsEntry("blob.server.port", "6124")
                .containsEntry("query.server.port", "6125")
                .containsEntry("taskmanager.numberOfTaskSlots", "1")
                // What was there stays.
                .containsEntry("jobmanager.memory.process.size", "1600m");
        assertThat(configuration())
                .containsEntry("jobmanager.rpc.address", "jobmanager-2")
                .containsEntry("taskmanager.numberOfTaskSlots", "12");
    }

    @Test
    void propertiesInTheOldForm() {
        flink.useConfigurationTool();
        flink.set("REGION", "eu-1");
        flink.set(
                "FLINK_PROPERTIES",
                """

                  # a comment
                  jobmanager.rpc.address: other
                  parallelism.default:3 \s
                  env.java.opts.taskmanager: -Da=1  -Db=2
                  metrics.scope.jm: '<host>.jm'
                  state.checkpoints.dir: s3://bucket/${REGION}/$REGION/$5/${UNSET}end
                """);

        ScriptRun run = run("bash", "-c", "");

        assertThat(run).isEqualTo(new ScriptRun(0, "", ""));
        assertThat(configuration())
                .containsEntry("jobmanager.rpc.address", "other")
                .containsEntry("parallelism.default", "3")
                .containsEntry("env.java.opts.taskmanager", "-Da=1  -Db=2")
                .containsEntry("metrics.scope.jm", "<host>.jm")
                .containsEntry("state.checkpoints.dir", "s3://bucket/eu-1/eu-1/$5/end");
    }

    @Test
    void propertiesAsNestedYaml() {
        flink.useConfigurationTool();
        flink.set("SIZE", "2g");
        flink.set(
                "FLINK_PROPERTIES",
                """
                parallelism.default: 4
                taskmanager:
                  memory:
                    process:
                      size: ${SIZE}
                  numberOfTaskSlots: 5
                metrics:
                  scope:
                    jm: 'it''s: here'
                """);

        ScriptRun run = run("bash", "-c", "");

        assertThat(run.exitCode()).as(run.stderr()).isZero();
        assertThat(configuration())
                .containsEntry("parallelism.default", "4")
                .containsEntry("taskmanager.memory.process.size", "2g")
                .containsEntry("taskmanager.numberOfTaskSlots", "5")
                .containsEntry("metrics.scope.jm", "it's: here")
                .containsEntry("jobmanager.memory.process.size", "1600m");
    }

    @Test
    void propertyLineWithoutAColonIsAnError() {
        flink.set("FLINK_PROPERTIES", "a.b: c\nparallelism.default=3\n");

        assertError(run("taskmanager"), "FLINK_PROPERTIES", "'parallelism.default=3'");
    }

    @Test
    void propertiesThatAreNoYamlAreAnError() {
        flink.useConfigurationTool();
        flink.set("FLINK_PROPERTIES", "rest:\n  port: [8081\n");

        assertError(run("taskmanager"), "FLINK_PROPERTIES is not YAML");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "many", "1.5"})
    void numberOfSlotsThatIsNoneIsAnError(String number) {
        flink.set("TASK_MANAGER_NUMBER_OF_TASK_SLOTS", number);

        assertError(run("taskmanager"), "TASK_MANAGER_NUMBER_OF_TASK_SLOTS is '" + number + "'");
    }

    @Test
    void configurationThatTheToolRefusesIsAnError() {
        flink.breakConfiguration();

        assertError(run("jobmanager"), "line 7 is not YAML", "cannot be added to config.yaml");
    }

    /** As with a mounted ConfigMap; that a user who may write everything cannot write it either. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void configurationThatCannotBeWrittenIsUsedAsItIs(boolean exists) {
        FakeInstallation.delete(flink.conf().resolve("config.yaml"));
        if (exists) {
            flink.directory("flink home/conf/config.yaml");
        }
        flink.set("FLINK_PROPERTIES", "a: b");

        ScriptRun run = run("jobmanager");

        assertThat(run.exitCode()).isZero();
        assertThat(run.stderr())
                .contains("[WARN] " + flink.conf() + "/config.yaml cannot be written");
        assertThat(flink.javaCalls(JOB_MANAGER)).hasSize(1);
        assertThat(Files.exists(flink.conf().resolve("config.yaml"))).isEqualTo(exists);
    }

    // ------------------------------------------------------------------ plugins

    @Test
    void pluginsAreLinks() {
        FakeInstallation.addJar(flink.opt(), "flink-s3-fs-hadoop-2.3.0.jar");
        flink.set(
                "ENABLE_BUILT_IN_PLUGINS", "flink-s3-fs-hadoop-2.3.0.jar;flink-python-2.3.0.jar;");

        run("bash", "-c", "");
        // A restarted container has them already.
        ScriptRun run = run("bash", "-c", "");

        assertThat(run.exitCode()).isZero();
        assertThat(run.stdout().lines())
                .containsExactly(
                        "Plugin flink-s3-fs-hadoop-2.3.0 is enabled.",
                        "Plugin flink-python-2.3.0 is enabled.");
        for (String plugin : new String[] {"flink-s3-fs-hadoop-2.3.0", "flink-python-2.3.0"}) {
            Path link = flink.home().resolve("plugins").resolve(plugin).resolve(plugin + ".jar");
            assertThat(link).isSymbolicLink();
            assertThat(link.toAbsolutePath())
                    .hasSameBinaryContentAs(flink.opt().resolve(plugin + ".jar"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"flink-s3.jar", "../lib/flink-cep-2.3.0.jar"})
    void pluginThatIsNotInOptIsAnError(String jar) {
        flink.set("ENABLE_BUILT_IN_PLUGINS", jar);

        assertError(run("taskmanager"), "ENABLE_BUILT_IN_PLUGINS", "'" + jar + "'");
    }

    // ------------------------------------------------------------------ user and allocator

    @ParameterizedTest
    @CsvSource({"gosu, flink", "setpriv, --reuid=flink --regid=flink --init-groups"})
    void rootBecomesFlink(String program, String options) {
        int number = options.split(" ").length;
        flink.program("id", "echo 0");
        flink.program(program, "shift " + number + "; exec \"$@\"");

        ScriptRun run = run("taskmanager", "-D", "a=b");

        assertThat(run.exitCode()).as(run.stderr()).isZero();
        assertThat(flink.calls(program).get(0).arguments())
                .startsWith(options.split(" "))
                .endsWith(
                        flink.bin().resolve("taskmanager.sh").toString(),
                        "start-foreground",
                        "-D",
                        "a=b");
        assertThat(flink.awaitJavaCall(TASK_MANAGER).programArguments()).endsWith("-D", "a=b");
    }

    @Test
    void rootThatCannotBecomeFlinkIsAnError() {
        flink.program("id", "echo 0");

        assertError(run("taskmanager"), "started as root", "gosu", "setpriv");
    }

    @ParameterizedTest
    @CsvSource({"libjemalloc.so", "libjemalloc.so.2"})
    void jemallocIsPreloaded(String name) {
        flink.unset("DISABLE_JEMALLOC");
        Path library = jemalloc(name);

        ScriptRun first = run("bash", "-c", "echo \"$LD_PRELOAD\"");
        flink.set("LD_PRELOAD", "first.so");
        ScriptRun second = run("bash", "-c", "echo \"$LD_PRELOAD\"");

        String path = "/usr/lib/../.." + library + "\n";
        assertThat(first.stdout()).isEqualTo(path);
        assertThat(second.stdout()).isEqualTo("first.so:" + path);
    }

    @Test
    void jemallocCanBeLeftOut() {
        jemalloc("libjemalloc.so.2");

        ScriptRun run = run("bash", "-c", "echo \"<$LD_PRELOAD>\"");

        assertThat(run).isEqualTo(new ScriptRun(0, "<>\n", ""));
    }

    @Test
    void missingJemallocIsSaid() {
        flink.unset("DISABLE_JEMALLOC");
        flink.program("uname", "echo nowhere");

        ScriptRun run = run("bash", "-c", "echo \"<$LD_PRELOAD>\"");

        assertThat(run.stdout()).isEqualTo("<>\n");
        assertThat(run.stderr())
                .isEqualTo(
                        "[WARN] No jemalloc in /usr/lib/nowhere-linux-gnu, glibc's allocator is"
                                + " used.\n");
    }

    /** Makes an (empty) library where the entry point looks, led there by the machine's name. */
    private Path jemalloc(String name) {
        Path directory = flink.directory("usr-linux-gnu");
        String machine = directory.toString().replaceAll("-linux-gnu$", "");
        flink.program("uname", "echo '../.." + machine + "'");
        return FakeInstallation.addJar(directory, name);
    }

    // ------------------------------------------------------------------ helpers

    private void assertError(ScriptRun run, String... words) {
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stderr()).contains("[ERROR]").contains(words);
        assertThat(flink.javaCalls(TASK_MANAGER)).isEmpty();
        assertThat(flink.javaCalls(JOB_MANAGER)).isEmpty();
    }

    private Map<String, String> configuration() {
        return GlobalConfiguration.loadConfiguration(flink.conf().toString()).toMap();
    }

    private ScriptRun run(String... arguments) {
        return flink.run(ENTRY_POINT, arguments);
    }
}
