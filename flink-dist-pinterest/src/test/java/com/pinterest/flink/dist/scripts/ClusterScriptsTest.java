// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.scripts;

import static com.pinterest.flink.dist.scripts.FakeInstallation.JOB_MANAGER;
import static com.pinterest.flink.dist.scripts.FakeInstallation.TASK_MANAGER;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** start-cluster.sh and stop-cluster.sh: on this host, over ssh, over pdsh. */
@ExtendWith(FakeInstallationExtension.class)
final class ClusterScriptsTest {

    @Test
    void shippedFilesMakeALocalCluster(FakeInstallation flink) {
        ScriptRun start = flink.run("start-cluster.sh");

        assertThat(start.exitCode()).isZero();
        Call jobManager = flink.awaitJavaCall(JOB_MANAGER);
        Call taskManager = flink.awaitJavaCall(TASK_MANAGER);
        assertThat(jobManager.programArguments()).doesNotContain("rest.port=8081");
        // One JVM reads the configuration, two compute memory sizes.
        assertThat(flink.calls("java")).hasSize(5);

        ScriptRun stop = flink.run("stop-cluster.sh");

        assertThat(stop.exitCode()).isZero();
        assertThat(stop.stdout().lines())
                .satisfiesExactly(
                        line -> assertThat(line).contains("Stopping taskexecutor"),
                        line -> assertThat(line).contains("Stopping standalonesession"));
        assertThat(flink.isRunning(jobManager.pid())).isFalse();
        assertThat(flink.isRunning(taskManager.pid())).isFalse();
    }

    @Test
    void everyLocalLineIsATaskManager(FakeInstallation flink) {
        flink.program("ssh", "");
        flink.hosts(
                "workers", "# workers\nlocalhost\r\n\n  127.0.0.1  x y # note\nrack/localhost#z");

        flink.run("start-cluster.sh");

        flink.awaitJavaCalls(TASK_MANAGER, 3);
        assertThat(flink.calls("ssh")).isEmpty();
    }

    @Test
    void oneRemoteWorkerSendsAllOverSsh(FakeInstallation flink) {
        flink.program("ssh", "");
        flink.configure("env.ssh.opts: -p 2222  -v");
        flink.hosts("workers", "localhost\n# gone\nrack1/row/worker1\nworker1 spare");

        ScriptRun run = flink.run("start-cluster.sh");

        assertThat(run.exitCode()).isZero();
        String command = "nohup /bin/bash -l \"" + flink.bin() + "/taskmanager.sh\" start &";
        assertThat(arguments(flink, "ssh"))
                .containsExactly(
                        List.of("-n", "-p", "2222", "-v", "localhost", command),
                        List.of("-n", "-p", "2222", "-v", "worker1", command),
                        List.of("-n", "-p", "2222", "-v", "worker1", command));
        assertThat(flink.javaCalls(TASK_MANAGER)).isEmpty();
        flink.awaitJavaCall(JOB_MANAGER);
    }

    @Test
    void pdshReachesAllWorkersAtOnce(FakeInstallation flink) {
        flink.program("ssh", "");
        flink.program("pdsh", "");
        flink.set("FLINK_SSH_OPTS", "-p 2222 -v");
        flink.hosts("workers", "worker1\nworker2\n");

        flink.run("start-cluster.sh");

        assertThat(arguments(flink, "pdsh"))
                .containsExactly(
                        List.of(
                                "-w",
                                "worker1,worker2",
                                "nohup /bin/bash -l \"" + flink.bin() + "/taskmanager.sh\" start"));
        assertThat(flink.calls("pdsh").get(0).environment())
                .containsEntry("PDSH_SSH_ARGS_APPEND", "-p 2222 -v");
        assertThat(flink.calls("ssh")).isEmpty();
        flink.awaitJavaCall(JOB_MANAGER);
    }

    @Test
    void pdshIsNotNeededForALocalCluster(FakeInstallation flink) {
        flink.program("pdsh", "");

        flink.run("start-cluster.sh");

        flink.awaitJavaCall(TASK_MANAGER);
        flink.awaitJavaCall(JOB_MANAGER);
        assertThat(flink.calls("pdsh")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "high-availability.type: ZooKeeper, 2",
        "high-availability: zookeeper, 2",
        "recovery.mode: ZOOKEEPER, 2",
        "high-availability.type: NONE, 1",
        "high-availability.type: kubernetes, 1",
        "recovery.mode: standalone, 1",
    })
    void zooKeeperStartsEveryMaster(String setting, int jobManagers, FakeInstallation flink) {
        flink.configure(setting);
        flink.hosts("masters", "localhost:8081\nlocalhost:8082\n");
        flink.hosts("workers", "");

        ScriptRun run = flink.run("start-cluster.sh");

        List<Call> calls = flink.awaitJavaCalls(JOB_MANAGER, jobManagers);
        assertThat(run.stdout().contains(" 2 masters")).isEqualTo(jobManagers == 2);
        assertThat(calls.stream().map(call -> last(call.programArguments())))
                .containsExactlyInAnyOrderElementsOf(
                        jobManagers == 2
                                ? List.of("rest.port=8081", "rest.port=8082")
                                : List.of(flink.conf().toString()));
    }

    @Test
    void newKeyOfHighAvailabilityWins(FakeInstallation flink) {
        flink.configure("high-availability: zookeeper", "high-availability.type: none");
        flink.hosts("masters", "");
        flink.hosts("workers", "");

        flink.run("start-cluster.sh");

        flink.awaitJavaCall(JOB_MANAGER);
    }

    @Test
    void remoteMastersGetAddressAndPort(FakeInstallation flink) {
        flink.program("ssh", "");
        flink.program("pdsh", "");
        flink.configure("high-availability.type: zookeeper");
        flink.hosts("masters", "rack/master1:8085\r\nmaster2");
        flink.hosts("workers", "");

        flink.run("start-cluster.sh");

        String script = "nohup /bin/bash -l \"" + flink.bin() + "/jobmanager.sh\" start";
        assertThat(arguments(flink, "ssh"))
                .containsExactly(
                        List.of(
                                "-n",
                                "master1",
                                script + " -D jobmanager.rpc.address=master1 -D rest.port=8085 &"),
                        List.of(
                                "-n",
                                "master2",
                                script + " -D jobmanager.rpc.address=master2 -D rest.port=0 &"));
    }

    @Test
    void stopReachesWorkersBeforeMasters(FakeInstallation flink) {
        flink.program("ssh", "");
        flink.configure("high-availability.type: zookeeper");
        flink.hosts("masters", "m1\nm2");
        flink.hosts("workers", "w1\nw2");

        ScriptRun run = flink.run("stop-cluster.sh");

        assertThat(run.exitCode()).isZero();
        assertThat(flink.calls("ssh").stream().map(call -> call.arguments().get(1)))
                .containsExactly("w1", "w2", "m1", "m2");
        String shell = "nohup /bin/bash -l \"" + flink.bin();
        assertThat(flink.calls("ssh").stream().map(call -> last(call.arguments())))
                .containsExactly(
                        shell + "/taskmanager.sh\" stop &",
                        shell + "/taskmanager.sh\" stop &",
                        shell + "/jobmanager.sh\" stop &",
                        shell + "/jobmanager.sh\" stop &");
    }

    @ParameterizedTest
    @ValueSource(strings = {"start-cluster.sh", "stop-cluster.sh"})
    void missingWorkersFileStopsBothScripts(String script, FakeInstallation flink) {
        FakeInstallation.delete(flink.conf().resolve("workers"));

        ScriptRun run = flink.run(script);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stdout()).contains(flink.conf().resolve("workers").toString());
        assertThat(flink.javaCalls(JOB_MANAGER)).isEmpty();
    }

    @Test
    void exitCodeIsThatOfTheLastHost(FakeInstallation flink) {
        flink.program("ssh", "[[ $2 != bad* ]]");
        flink.hosts("workers", "bad1\ngood1\n");
        ScriptRun lastIsGood = flink.run("start-cluster.sh");
        flink.hosts("workers", "good1\nbad1\n");
        ScriptRun lastIsBad = flink.run("start-cluster.sh");

        assertThat(lastIsGood.exitCode()).isZero();
        assertThat(lastIsBad.exitCode()).isEqualTo(1);
        flink.awaitJavaCalls(JOB_MANAGER, 2);
    }

    @Test
    void numaStartsATaskManagerOnEachNode(FakeInstallation flink) {
        flink.configure("taskmanager.compute.numa: true", "env.java.opts.taskmanager: -Dtm=1");
        flink.program(
                "numactl",
                "[[ $1 != --show ]] || { printf 'cpubind: 0\\n"
                        + "nodebind: 0 1 \\n"
                        + "membind: 0\\n"
                        + "'; exit; }\n"
                        + "shift 3; exec \"$@\"");

        flink.run("taskmanager.sh", "start", "-D", "a=b");

        assertThat(flink.awaitJavaCalls(TASK_MANAGER, 2))
                .allSatisfy(call -> assertThat(call.jvmOptions()).contains("-Dtm=1"))
                .allSatisfy(call -> assertThat(call.programArguments()).endsWith("-D", "a=b"));
        assertThat(arguments(flink, "numactl").stream().map(call -> call.subList(0, 1)))
                .containsExactly(List.of("--show"), List.of("--membind=0"), List.of("--membind=1"));
        assertThat(arguments(flink, "numactl").get(2)).contains("--cpunodebind=1", "--", "start");
    }

    @Test
    void numaNeedsNumactl(FakeInstallation flink) {
        flink.configure("taskmanager.compute.numa: true");

        ScriptRun run = flink.run("taskmanager.sh", "start");

        assertThat(run.exitCode()).isZero();
        flink.awaitJavaCall(TASK_MANAGER);
    }

    private static List<List<String>> arguments(FakeInstallation flink, String program) {
        return flink.calls(program).stream().map(Call::arguments).collect(Collectors.toList());
    }

    private static String last(List<String> list) {
        return list.get(list.size() - 1);
    }
}
