// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.scripts;

import static com.pinterest.flink.dist.scripts.FakeInstallation.HOST;
import static com.pinterest.flink.dist.scripts.FakeInstallation.TASK_MANAGER;
import static com.pinterest.flink.dist.scripts.FakeInstallation.await;
import static com.pinterest.flink.dist.scripts.FakeInstallation.deadPid;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** flink-daemon.sh: pid files, indices, logs, starting and stopping. */
@ExtendWith(FakeInstallationExtension.class)
final class DaemonTest {

    @Test
    void everyStartAddsAProcessAndANumber(FakeInstallation flink) {
        ScriptRun first = flink.run("taskmanager.sh", "start");
        flink.run("taskmanager.sh", "start");
        ScriptRun third = flink.run("taskmanager.sh", "start");

        List<Call> calls = flink.awaitJavaCalls(TASK_MANAGER, 3);
        assertThat(flink.pids("taskexecutor"))
                .containsExactlyInAnyOrderElementsOf(pidsOf(calls))
                .allMatch(flink::isRunning);
        assertThat(logFiles(calls))
                .containsExactlyInAnyOrder(log(flink, 0), log(flink, 1), log(flink, 2));
        assertThat(first.stdout()).doesNotContain("[INFO]");
        assertThat(third.stdout()).containsPattern("\\[INFO\\] 2 .*taskexecutor.*" + HOST);
    }

    @Test
    void stopEndsTheNewest(FakeInstallation flink) {
        flink.run("taskmanager.sh", "start");
        flink.run("taskmanager.sh", "start");
        List<Long> pids = flink.pids("taskexecutor");

        ScriptRun stop = flink.run("taskmanager.sh", "stop");

        assertThat(stop.exitCode()).isZero();
        assertThat(stop.stdout()).contains("taskexecutor", pids.get(1).toString(), HOST);
        assertThat(flink.pids("taskexecutor")).containsExactly(pids.get(0));
        assertThat(flink.isRunning(pids.get(0))).isTrue();
        assertThat(flink.isRunning(pids.get(1))).isFalse();

        flink.run("taskmanager.sh", "stop");

        assertThat(flink.pidFile("taskexecutor")).doesNotExist();
        assertThat(flink.isRunning(pids.get(0))).isFalse();
    }

    @Test
    void stopWithNothingToStopSucceeds(FakeInstallation flink) {
        ScriptRun stop = flink.run("taskmanager.sh", "stop");

        assertThat(stop.exitCode()).isZero();
        assertThat(stop.stdout()).contains("No taskexecutor daemon", HOST);
    }

    @Test
    void stopTakesADeadProcessOffTheList(FakeInstallation flink) {
        long dead = deadPid();
        flink.writePids("taskexecutor", dead);

        ScriptRun stop = flink.run("taskmanager.sh", "stop");

        assertThat(stop.exitCode()).isZero();
        assertThat(stop.stdout()).contains("No taskexecutor daemon", Long.toString(dead));
        assertThat(flink.pidFile("taskexecutor")).doesNotExist();
    }

    @Test
    void stopAllEndsTheLivingAndSkipsTheDead(FakeInstallation flink) {
        long dead = deadPid();
        flink.writePids("taskexecutor", dead);
        flink.run("taskmanager.sh", "start");
        flink.run("taskmanager.sh", "start");
        List<Long> pids = flink.pids("taskexecutor");

        ScriptRun stop = flink.run("taskmanager.sh", "stop-all");

        assertThat(stop.exitCode()).isZero();
        assertThat(stop.stdout().lines())
                .satisfiesExactly(
                        line -> assertThat(line).contains("Skipping", Long.toString(dead)),
                        line -> assertThat(line).contains("Stopping", pids.get(1).toString()),
                        line -> assertThat(line).contains("Stopping", pids.get(2).toString()));
        assertThat(pids).noneMatch(flink::isRunning);
        assertThat(flink.pidFile("taskexecutor")).doesNotExist();
    }

    @Test
    void stopAllWithNothingToStopIsSilent(FakeInstallation flink) {
        assertThat(flink.run("taskmanager.sh", "stop-all")).isEqualTo(new ScriptRun(0, "", ""));
    }

    @Test
    void deadProcessesCountForTheNumberOfTheLog(FakeInstallation flink) {
        flink.writePids("taskexecutor", deadPid(), deadPid());

        ScriptRun start = flink.run("taskmanager.sh", "start");

        assertThat(logFiles(flink.awaitJavaCalls(TASK_MANAGER, 1))).containsExactly(log(flink, 2));
        assertThat(flink.pids("taskexecutor")).hasSize(3);
        assertThat(start.stdout()).doesNotContain("[INFO]");
    }

    @Test
    void processThatIgnoresTermIsKilled(FakeInstallation flink) {
        flink.service("trap '' TERM; " + flink.sleepingService());
        flink.run("taskmanager.sh", "start");
        long pid = flink.awaitJavaCall(TASK_MANAGER).pid();
        // It sleeps, under the name of the fake, once the signal is ignored.
        await(() -> flink.commandLine(pid).contains("3600"), () -> "the service");
        long start = System.nanoTime();

        ScriptRun stop = flink.run("taskmanager.sh", "stop");

        assertThat(System.nanoTime() - start).isGreaterThan(8_000_000_000L);
        assertThat(stop.exitCode()).isZero();
        assertThat(stop.stdout()).contains("killing it");
        await(() -> !flink.isRunning(pid), () -> "the end of the process");
    }

    @Test
    void parallelStartsGetDifferentNumbersAndNoneKeepsTheLock(FakeInstallation flink) {
        List<FakeInstallation.RunningScript> starts =
                IntStream.range(0, 10)
                        .mapToObj(i -> flink.start("historyserver.sh", "start"))
                        .collect(Collectors.toList());
        starts.forEach(FakeInstallation.RunningScript::await);

        String mainClass = "org.apache.flink.runtime.webmonitor.history.HistoryServer";
        List<Call> calls = flink.awaitJavaCalls(mainClass, 10);
        assertThat(logFiles(calls)).doesNotHaveDuplicates();
        assertThat(flink.pids("historyserver")).containsExactlyInAnyOrderElementsOf(pidsOf(calls));
        assertThat(calls)
                .allSatisfy(
                        call ->
                                assertThat(call.descriptors())
                                        .doesNotContain(flink.pids().toString()));
    }

    @Test
    void emptyUserKeepsTheDoubleHyphen(FakeInstallation flink) {
        flink.unset("USER");

        flink.run("taskmanager.sh", "start");

        flink.awaitJavaCall(TASK_MANAGER);
        assertThat(flink.pids().resolve("flink--taskexecutor.pid")).exists();
        assertThat(flink.log().resolve("flink--taskexecutor-0-" + HOST + ".out")).exists();
    }

    @Test
    void identStringNamesTheFiles(FakeInstallation flink) {
        flink.set("FLINK_IDENT_STRING", "blue");

        flink.run("taskmanager.sh", "start");

        flink.awaitJavaCall(TASK_MANAGER);
        assertThat(flink.pids().resolve("flink-blue-taskexecutor.pid")).exists();
    }

    @Test
    void outFileHoldsBothStreamsOfTheLastStartOnly(FakeInstallation flink) throws Exception {
        flink.service("echo to-stdout; echo to-stderr >&2; read -r line || echo no input");
        Files.writeString(
                flink.log().resolve("flink-tester-taskexecutor-0-" + HOST + ".out"), "old");

        flink.run("taskmanager.sh", "start");

        await(
                () ->
                        FakeInstallation.text(
                                        flink.log()
                                                .resolve(
                                                        "flink-tester-taskexecutor-0-"
                                                                + HOST
                                                                + ".out"))
                                .equals("to-stdout\nto-stderr\nno input\n"),
                () -> "the .out file");
    }

    @Test
    void missingLogDirectoryIsAnError(FakeInstallation flink) {
        flink.configure("env.log.dir: /does/not/exist");

        ScriptRun start = flink.run("taskmanager.sh", "start");

        assertThat(start.exitCode()).isEqualTo(1);
        assertThat(start.stderr()).contains("[ERROR]", "/does/not/exist", "env.log.dir");
        assertThat(flink.pids("taskexecutor")).isEmpty();
        assertThat(flink.javaCalls(TASK_MANAGER)).isEmpty();
    }

    @Test
    void brokenConfigurationStopsAStartButNotAStop(FakeInstallation flink) {
        flink.run("taskmanager.sh", "start");
        long pid = flink.awaitJavaCall(TASK_MANAGER).pid();
        flink.breakConfiguration();

        ScriptRun start = flink.run("taskmanager.sh", "start");
        List<Long> pids = flink.pids("taskexecutor");
        ScriptRun stop = flink.run("taskmanager.sh", "stop");

        assertThat(start.exitCode()).isEqualTo(1);
        assertThat(start.stderr()).contains("[ERROR]", "line 7 is not YAML");
        assertThat(pids).containsExactly(pid);
        assertThat(stop.exitCode()).isZero();
        assertThat(flink.isRunning(pid)).isFalse();
    }

    @Test
    void unexpectedAnswerOfTheResourceStepStopsAStart(FakeInstallation flink) {
        flink.answerJobManagerResources("BASH_JAVA_UTILS_EXEC_RESULT:-Xmx1\n");

        ScriptRun start = flink.run("jobmanager.sh", "start");

        assertThat(start.exitCode()).isEqualTo(1);
        assertThat(start.stderr()).contains("[ERROR]", "GET_JM_RESOURCE_PARAMS");
        assertThat(flink.pids("standalonesession")).isEmpty();
    }

    private static String log(FakeInstallation flink, int index) {
        return flink.log() + "/flink-tester-taskexecutor-" + index + "-" + HOST + ".log";
    }

    private static List<String> logFiles(List<Call> calls) {
        return calls.stream()
                .flatMap(call -> call.jvmOptions().stream())
                .filter(option -> option.startsWith("-Dlog.file="))
                .map(option -> option.substring("-Dlog.file=".length()))
                .collect(Collectors.toList());
    }

    private static List<Long> pidsOf(List<Call> calls) {
        return calls.stream().map(Call::pid).collect(Collectors.toList());
    }
}
