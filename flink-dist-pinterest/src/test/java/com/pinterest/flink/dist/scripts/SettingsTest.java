// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.scripts;

import static com.pinterest.flink.dist.scripts.FakeInstallation.HOST;
import static com.pinterest.flink.dist.scripts.FakeInstallation.TASK_MANAGER;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * config.sh and bash-java-utils.sh: settings from the environment and config.yaml, finding Java.
 */
@ExtendWith(FakeInstallationExtension.class)
final class SettingsTest {

    @Test
    void settingsComeFromTheConfiguration(FakeInstallation flink) {
        flink.unset("FLINK_PID_DIR");
        Path log = flink.directory("other 'log'");
        flink.configure(
                "env.pid.dir: " + flink.pids(),
                "env.log.dir: '" + log.toString().replace("'", "''") + "'",
                "env.log.max: '7'",
                "env.log.level: \"DEBUG\"");

        flink.run("taskmanager.sh", "start");

        Call call = flink.awaitJavaCall(TASK_MANAGER);
        assertThat(call.environment())
                .containsEntry("MAX_LOG_FILE_NUMBER", "7")
                .containsEntry("ROOT_LOG_LEVEL", "DEBUG");
        assertThat(call.jvmOptions())
                .contains("-Dlog.file=" + log + "/flink-tester-taskexecutor-0-" + HOST + ".log");
        assertThat(flink.pids("taskexecutor")).hasSize(1);
    }

    @Test
    void environmentBeatsTheConfiguration(FakeInstallation flink) {
        flink.configure("env.pid.dir: /not/this", "env.log.dir: /nor/this", "env.log.level: DEBUG");
        flink.set("FLINK_LOG_DIR", flink.directory("my log").toString());
        flink.set("ROOT_LOG_LEVEL", "TRACE");

        ScriptRun run = flink.run("taskmanager.sh", "start");

        assertThat(run.exitCode()).isZero();
        assertThat(flink.awaitJavaCall(TASK_MANAGER).environment())
                .containsEntry("ROOT_LOG_LEVEL", "TRACE");
        assertThat(flink.pids("taskexecutor")).hasSize(1);
    }

    @Test
    void defaults(FakeInstallation flink) {
        flink.run("taskmanager.sh", "start");

        assertThat(flink.awaitJavaCall(TASK_MANAGER).environment())
                .containsEntry("MAX_LOG_FILE_NUMBER", "10")
                .containsEntry("ROOT_LOG_LEVEL", "INFO")
                .containsEntry("FLINK_BIN_DIR", flink.bin().toString())
                .containsEntry("FLINK_CONF_DIR", flink.conf().toString())
                .containsEntry("FLINK_LIB_DIR", flink.lib().toString())
                .containsEntry("FLINK_OPT_DIR", flink.opt().toString())
                .containsEntry("FLINK_PLUGINS_DIR", flink.home() + "/plugins")
                .containsEntry("JVM_ARGS", " -Xmx200 -Xms200")
                .containsEntry("DYNAMIC_PARAMETERS", "-D tm.heap=200b")
                .hasEntrySatisfying(
                        "FLINK_INHERITED_LOGS",
                        logs -> assertThat(logs).contains("-Xmx200", "tm.heap=200b"))
                .doesNotContainKeys("HADOOP_CONF_DIR", "_FLINK_SETTINGS", "_FLINK_SETTINGS_FROM");
    }

    @Test
    void lastOfTwoValuesCounts(FakeInstallation flink) {
        flink.configure("env.log.max: 3", "env.log.max: 4");

        flink.run("taskmanager.sh", "start");

        assertThat(flink.awaitJavaCall(TASK_MANAGER).environment())
                .containsEntry("MAX_LOG_FILE_NUMBER", "4");
    }

    @Test
    void valueOverSeveralLines(FakeInstallation flink) {
        flink.configureVerbatim(
                """
                BASH_JAVA_UTILS_EXEC_RESULT:env.java.opts.all: |
                  -Da=1
                  -Db=2 -Dc=3
                BASH_JAVA_UTILS_EXEC_RESULT:env.log.max: 4
                  not a value
                """);

        flink.run("taskmanager.sh", "start");

        Call call = flink.awaitJavaCall(TASK_MANAGER);
        assertThat(call.jvmOptions()).containsSequence("-Da=1", "-Db=2", "-Dc=3", logFile(flink));
        assertThat(call.environment()).containsEntry("MAX_LOG_FILE_NUMBER", "4");
    }

    private static String logFile(FakeInstallation flink) {
        return "-Dlog.file=" + flink.log() + "/flink-tester-taskexecutor-0-" + HOST + ".log";
    }

    @Test
    void otherConfigurationDirectory(FakeInstallation flink) {
        String conf = flink.directory("other conf").toString();
        flink.set("FLINK_CONF_DIR", conf);

        flink.run("taskmanager.sh", "start");

        flink.awaitJavaCall(TASK_MANAGER);
        assertThat(flink.calls("java"))
                .hasSize(3)
                .allSatisfy(
                        call ->
                                assertThat(call.arguments())
                                        .containsSubsequence("--configDir", conf));
        assertThat(flink.calls("java").get(2).jvmOptions())
                .contains("-Dlog4j.configurationFile=file:" + conf + "/log4j.properties");
    }

    @Test
    void callersFlinkHomeIsNotUsed(FakeInstallation flink) {
        flink.set("FLINK_HOME", "/somewhere/else");

        flink.run("taskmanager.sh", "start");

        assertThat(flink.awaitJavaCall(TASK_MANAGER).environment())
                .containsEntry("FLINK_HOME", flink.home().toString());
    }

    @Test
    void callersFlinkHomeIsUsedWhenItWasDetermined(FakeInstallation flink) {
        flink.set("FLINK_HOME", "/somewhere/else");
        flink.set("_FLINK_HOME_DETERMINED", "1");

        ScriptRun run = flink.run("taskmanager.sh", "start");

        assertThat(run.stderr()).contains("/somewhere/else");
    }

    @Test
    void settingsOfAnotherScriptAreNotTrusted(FakeInstallation flink) {
        flink.set("_FLINK_SETTINGS", "FLINK_LOG_DIR=/not/this");
        flink.set("_FLINK_SETTINGS_FROM", "1");

        ScriptRun run = flink.run("taskmanager.sh", "start");

        assertThat(run.exitCode()).isZero();
        assertThat(flink.awaitJavaCall(TASK_MANAGER).jvmOptions()).contains(logFile(flink));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "env.java.home: \"%s\" # why\n",
                "env.java.home: '%s'\n",
                "env.java.home: %s   # why\r\n",
                "env:\n  log.max: 1\n  java:\n    opts: {}\n    # home: no\n    home: %s\nx: y\n",
                "env:\n  java.home: %s\n",
                "a:\n  env.java.home: /no\nenv.java:\n    home: %s\nb:\n  home: /no\n",
            })
    void configuredJavaHomeIsUsed(String yaml, FakeInstallation flink) throws Exception {
        Path jdk = flink.directory("my jdk");
        Files.copy(
                flink.directory("programs").resolve("java"),
                flink.directory("my jdk/bin").resolve("java"));
        Files.writeString(flink.conf().resolve("config.yaml"), yaml.formatted(jdk));
        flink.set("JAVA_HOME", "/not/this");
        flink.removeProgram("java");

        ScriptRun run = flink.run("taskmanager.sh", "start");

        assertThat(run.exitCode()).isZero();
        assertThat(flink.awaitJavaCall(TASK_MANAGER).environment())
                .containsEntry("JAVA_HOME", jdk.toString())
                .containsEntry("JAVA_RUN", jdk + "/bin/java");
    }

    @Test
    void javaOnThePathServesWhereJavaHomeIsNoDirectory(FakeInstallation flink) {
        flink.set("JAVA_HOME", "/does/not/exist");

        flink.run("taskmanager.sh", "start");

        assertThat(flink.awaitJavaCall(TASK_MANAGER).environment())
                .containsEntry("JAVA_RUN", "java");
    }

    @ParameterizedTest
    @ValueSource(strings = {"flink", "taskmanager.sh", "stop-cluster.sh"})
    void withoutJavaNothingRuns(String script, FakeInstallation flink) {
        flink.removeProgram("java");

        ScriptRun run = flink.run(script, "start");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stdout()).contains("Java", "JAVA_HOME", "env.java.home");
    }

    @Test
    void javaHomeWithoutJavaIsNamed(FakeInstallation flink) {
        String jdk = flink.directory("no jdk").toString();
        flink.set("JAVA_HOME", jdk);

        ScriptRun run = flink.run("taskmanager.sh", "start");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stdout()).contains(jdk + "/bin/java");
    }

    // ------------------------------------------------------------------ a Java that is not there

    @ParameterizedTest
    @ValueSource(
            strings = {
                "flink list",
                "sql-client.sh",
                "yarn-session.sh",
                "kubernetes-session.sh",
                "pyflink-shell.sh local",
                "sql-gateway.sh start",
                "jobmanager.sh start",
                "taskmanager.sh start",
                "taskmanager.sh start-foreground",
                "standalone-job.sh start",
                "historyserver.sh start",
                "zookeeper.sh start 1",
                "kubernetes-jobmanager.sh kubernetes-session",
                "kubernetes-taskmanager.sh",
                "start-cluster.sh",
                "start-zookeeper-quorum.sh",
                "flink-daemon.sh start taskexecutor",
                "flink-console.sh taskexecutor",
            })
    void configuredJavaThatIsNotThereIsAnError(String script, FakeInstallation flink)
            throws Exception {
        configureJavaHome(flink, "/no/such");
        flink.set("JAVA_HOME", flink.directory("").toString());

        ScriptRun run = flink.runLine(script);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stderr()).contains("[ERROR] env.java.home in", "config.yaml' is '/no/such'");
        assertThat(flink.calls("java")).isEmpty();
    }

    @Test
    void toolsForTheConfigurationDoNotRunAnotherJavaEither(FakeInstallation flink)
            throws Exception {
        configureJavaHome(flink, "/no/such");
        Files.writeString(flink.conf().resolve("flink-conf.yaml"), "env.java.home: /nor/this\n");

        ScriptRun parser =
                flink.run(
                        "config-parser-utils.sh",
                        flink.conf().toString(),
                        flink.bin().toString(),
                        flink.lib().toString());
        ScriptRun migration = flink.run("migrate-config-file.sh");

        assertThat(List.of(parser.exitCode(), migration.exitCode())).containsOnly(1);
        assertThat(parser.stderr()).contains("config.yaml' is '/no/such'");
        assertThat(migration.stderr()).contains("flink-conf.yaml' is '/nor/this'");
        assertThat(flink.calls("java")).isEmpty();
    }

    @Test
    void configuredJavaHasToBeExecutable(FakeInstallation flink) throws Exception {
        Path empty = flink.directory("empty");
        Path noProgram = flink.directory("no program");
        flink.directory("no program/bin/java");
        Path notExecutable = flink.directory("not executable");
        Files.createFile(flink.directory("not executable/bin").resolve("java"));

        for (Path home : List.of(empty, noProgram, notExecutable)) {
            configureJavaHome(flink, home.toString());

            ScriptRun run = flink.run("flink", "list");

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.stderr())
                    .contains("env.java.home", "'" + home + "'", "no executable bin/java");
        }
        assertThat(flink.calls("java")).isEmpty();
    }

    private static void configureJavaHome(FakeInstallation flink, String home) throws Exception {
        Files.writeString(flink.conf().resolve("config.yaml"), "env.java.home: " + home + "\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "taskmanager.sh stop",
                "taskmanager.sh stop-all",
                "stop-cluster.sh",
                "flink-daemon.sh stop taskexecutor",
            })
    void servicesAreStoppedByAnotherJava(String script, FakeInstallation flink) throws Exception {
        flink.run("taskmanager.sh", "start");
        long pid = flink.awaitJavaCall(TASK_MANAGER).pid();
        configureJavaHome(flink, "/no/such");
        flink.set("JAVA_HOME", "/nor/this");

        ScriptRun run = flink.runLine(script);

        assertThat(run.exitCode()).isZero();
        assertThat(run.stderr()).contains("[WARN] env.java.home", "'/no/such'");
        assertThat(flink.isRunning(pid)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"taskmanager.sh stop", "stop-cluster.sh"})
    void servicesAreStoppedWithoutAnyJava(String script, FakeInstallation flink) throws Exception {
        // given processes whose numbers are where the configuration says
        flink.run("taskmanager.sh", "start");
        long pid = flink.awaitJavaCall(TASK_MANAGER).pid();
        flink.unset("FLINK_PID_DIR");
        flink.removeProgram("java");
        Files.writeString(
                flink.conf().resolve("config.yaml"),
                "env:\n  java.home: /no/such\n  pid.dir: " + flink.pids() + "\n");

        // when
        ScriptRun run = flink.runLine(script);

        // then
        assertThat(run.exitCode()).isZero();
        assertThat(run.stderr()).startsWith("[WARN] env.java.home").hasLineCount(1);
        assertThat(flink.isRunning(pid)).isFalse();
    }
}
