// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.scripts;

import static com.pinterest.flink.dist.scripts.FakeInstallation.HOST;
import static com.pinterest.flink.dist.scripts.FakeInstallation.TASK_MANAGER;
import static com.pinterest.flink.dist.scripts.FakeInstallation.deadPid;
import static com.pinterest.flink.dist.scripts.FakeInstallation.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.dist.scripts.FakeInstallation.RunningScript;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** flink-console.sh: a service as the process that the caller started. */
@ExtendWith(FakeInstallationExtension.class)
final class ConsoleTest {

    @Test
    void scriptBecomesTheJvmAndGetsItsSignals(FakeInstallation flink) {
        flink.service(
                "trap 'echo terminated; exit 143' TERM; echo ready; while :; do sleep 0.1; done");

        RunningScript script = flink.start("taskmanager.sh", "start-foreground");
        FakeInstallation.await(() -> text(script.stdout()).contains("ready"), () -> "the service");
        script.process().destroy();
        ScriptRun run = script.await();

        assertThat(flink.awaitJavaCall(TASK_MANAGER).pid()).isEqualTo(script.process().pid());
        assertThat(flink.pids("taskexecutor")).containsExactly(script.process().pid());
        assertThat(run.exitCode()).isEqualTo(143);
        assertThat(run.stdout()).containsOnlyOnce("terminated");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 163})
    void exitCodeIsTheJvms(int code, FakeInstallation flink) {
        flink.service("exit " + code);

        assertThat(flink.run("jobmanager.sh", "start-foreground").exitCode()).isEqualTo(code);
    }

    @Test
    void consoleLoggingAndOneLineOfGreeting(FakeInstallation flink) {
        flink.service("exit 0");

        ScriptRun run = flink.run("taskmanager.sh", "start-foreground", "-D", "a=b");

        assertThat(run.stdout().lines())
                .singleElement()
                .asString()
                .contains("Starting", "taskexecutor", "console application", HOST);
        Call call = flink.awaitJavaCall(TASK_MANAGER);
        assertThat(call.jvmOptions())
                .contains(
                        "-Dlog.file=" + prefix(flink) + ".log",
                        "-Dlog4j.configurationFile=file:"
                                + flink.conf()
                                + "/log4j-console.properties",
                        "-Dlogback.configurationFile=file:"
                                + flink.conf()
                                + "/logback-console.xml");
        assertThat(call.programArguments())
                .containsExactly(
                        "--configDir", flink.conf().toString(), "-D", "tm.heap=200b", "-D", "a=b");
        assertThat(call.descriptors()).doesNotContain(flink.pids().toString());
    }

    @Test
    void outputGoesToFilesOnRequest(FakeInstallation flink) {
        flink.configure("env.stdout-err.redirect-to-file: 'true'");
        flink.service("echo to-stdout; echo to-stderr >&2");

        ScriptRun run = flink.run("taskmanager.sh", "start-foreground");

        assertThat(run.stdout()).doesNotContain("to-stdout");
        assertThat(run.stderr()).isEmpty();
        assertThat(Path.of(prefix(flink) + ".out")).hasContent("to-stdout");
        assertThat(Path.of(prefix(flink) + ".err")).hasContent("to-stderr");
        assertThat(flink.awaitJavaCall(TASK_MANAGER).jvmOptions())
                .contains("-Dconsole.log.level=OFF");
    }

    @Test
    void pidFileOfTheDeadIsStartedAnew(FakeInstallation flink) {
        flink.service("exit 0");
        flink.writePids("taskexecutor", deadPid(), deadPid());

        flink.run("taskmanager.sh", "start-foreground");

        Call call = flink.awaitJavaCall(TASK_MANAGER);
        assertThat(flink.pids("taskexecutor")).containsExactly(call.pid());
        assertThat(call.jvmOptions()).contains("-Dlog.file=" + prefix(flink) + ".log");
    }

    @Test
    void pidFileWithALivingProcessIsContinued(FakeInstallation flink) {
        flink.service("exit 0");
        long living = ProcessHandle.current().pid();
        flink.writePids("taskexecutor", living);

        flink.run("taskmanager.sh", "start-foreground");

        Call call = flink.awaitJavaCall(TASK_MANAGER);
        assertThat(flink.pids("taskexecutor")).containsExactly(living, call.pid());
        assertThat(call.jvmOptions())
                .contains("-Dlog.file=" + prefix(flink).replace("-0-", "-1-") + ".log");
    }

    @Test
    void worksWithoutAPidDirectory(FakeInstallation flink) {
        flink.service("exit 0");
        flink.set("FLINK_PID_DIR", "/dev/null/pids");

        ScriptRun run = flink.run("taskmanager.sh", "start-foreground");

        assertThat(run.exitCode()).isZero();
        assertThat(run.stderr()).isEmpty();
        assertThat(flink.javaCalls(TASK_MANAGER)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"start", "start-foreground"})
    void optionsAreEvaluatedWithTheLogPrefix(String verb, FakeInstallation flink) {
        flink.configure(
                "env.java.opts.all: -Xlog:gc*:file=${FLINK_LOG_PREFIX}.gc.log -Dquoted=\"a  *\"");

        RunningScript script = flink.start("taskmanager.sh", verb);

        assertThat(flink.awaitJavaCall(TASK_MANAGER).jvmOptions())
                .containsSequence("-Xlog:gc*:file=" + prefix(flink) + ".gc.log", "-Dquoted=a  *");
        script.process().destroy();
        script.await();
    }

    @ParameterizedTest
    @CsvSource({
        "kubernetes-session,"
                + " org.apache.flink.kubernetes.entrypoint.KubernetesSessionClusterEntrypoint",
        "kubernetes-application,"
                + " org.apache.flink.kubernetes.entrypoint.KubernetesApplicationClusterEntrypoint",
        "kubernetes-taskmanager,"
                + " org.apache.flink.kubernetes.taskmanager.KubernetesTaskExecutorRunner",
        "zookeeper, org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer",
    })
    void otherServices(String service, String mainClass, FakeInstallation flink) {
        flink.service("exit 0");

        ScriptRun run = flink.run("flink-console.sh", service, "--an", "argument");

        assertThat(run.exitCode()).isZero();
        assertThat(flink.awaitJavaCall(mainClass).programArguments())
                .isEqualTo(List.of("--an", "argument"));
    }

    private static String prefix(FakeInstallation flink) {
        return flink.log() + "/flink-tester-taskexecutor-0-" + HOST;
    }
}
