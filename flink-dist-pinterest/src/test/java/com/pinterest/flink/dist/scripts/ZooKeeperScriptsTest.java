// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** zookeeper.sh, start-zookeeper-quorum.sh and stop-zookeeper-quorum.sh. */
@ExtendWith(FakeInstallationExtension.class)
final class ZooKeeperScriptsTest {

    private static final String ZOOKEEPER =
            "org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer";

    @Test
    void serverStartsAndStops(FakeInstallation flink) {
        flink.set("JVM_ARGS", "-Xmx1");

        ScriptRun start = flink.run("zookeeper.sh", "start", "2");

        assertThat(start.exitCode()).isZero();
        assertThat(start.stdout()).contains("Starting zookeeper daemon");
        Call call = flink.awaitJavaCall(ZOOKEEPER);
        assertThat(call.jvmOptions())
                .startsWith(
                        "-Xmx1",
                        "-Dzookeeper.jmx.log4j.disable=true",
                        "-XX:+IgnoreUnrecognizedVMOptions");
        assertThat(call.programArguments())
                .containsExactly("--zkConfigFile", zooCfg(flink).toString(), "--peerId", "2");

        ScriptRun stop = flink.run("zookeeper.sh", "stop");

        assertThat(stop.exitCode()).isZero();
        assertThat(flink.isRunning(call.pid())).isFalse();
    }

    @Test
    void stopAllEndsEveryServer(FakeInstallation flink) {
        flink.run("zookeeper.sh", "start", "1");
        flink.run("zookeeper.sh", "start", "2");

        ScriptRun stop = flink.run("zookeeper.sh", "stop-all");

        assertThat(stop.exitCode()).isZero();
        assertThat(flink.awaitJavaCalls(ZOOKEEPER, 2))
                .noneMatch(call -> flink.isRunning(call.pid()));
        assertThat(flink.pidFile("zookeeper")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"64, true", "008, true", "0, false"})
    void heapIsInMegabytes(String megabytes, boolean limited, FakeInstallation flink) {
        flink.service("exit 0");
        flink.configure("zookeeper.heap.mb: '" + megabytes + "'");

        flink.run("zookeeper.sh", "start-foreground", "1");

        List<String> options = flink.awaitJavaCall(ZOOKEEPER).jvmOptions();
        assertThat(options).contains("-Dzookeeper.jmx.log4j.disable=true");
        if (limited) {
            assertThat(options).startsWith("-Xms" + megabytes + "m", "-Xmx" + megabytes + "m");
        } else {
            assertThat(options).noneMatch(option -> option.startsWith("-Xm"));
        }
    }

    @Test
    void heapMustBeANumberToStartButNotToStop(FakeInstallation flink) {
        flink.set("ZK_HEAP", "1g");

        ScriptRun start = flink.run("zookeeper.sh", "start", "1");
        ScriptRun stop = flink.run("zookeeper.sh", "stop");

        assertThat(start.exitCode()).isEqualTo(1);
        assertThat(start.stderr()).contains("[ERROR]", "zookeeper.heap.mb", "'1g'");
        assertThat(flink.javaCalls(ZOOKEEPER)).isEmpty();
        assertThat(stop.exitCode()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "zookeeper.sh, start 1",
        "zookeeper.sh, stop",
        "start-zookeeper-quorum.sh,",
        "stop-zookeeper-quorum.sh,"
    })
    void zooCfgIsNeeded(String script, String arguments, FakeInstallation flink) {
        flink.program("ssh", "");
        FakeInstallation.delete(zooCfg(flink));

        ScriptRun run = flink.run(script, arguments == null ? new String[0] : arguments.split(" "));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stdout()).isEmpty();
        assertThat(run.stderr()).contains("[ERROR]", zooCfg(flink).toString());
        assertThat(flink.calls("ssh")).isEmpty();
        assertThat(flink.javaCalls(ZOOKEEPER)).isEmpty();
    }

    @Test
    void quorumIsStartedOverSsh(FakeInstallation flink) {
        flink.program("ssh", "");
        flink.program("pdsh", "");
        flink.set("FLINK_SSH_OPTS", "-p 2222");
        flink.hosts(
                "zoo.cfg",
                """
                clientPort=2181
                #server.9=no:1:2
                server.1=localhost:2888:3888\r
                 server.02 = zk-2.example:2888:3888:observer;2181
                server.x=zk3
                server.4=\r
                server.5=[::1]:2888:3888
                serverCnxnFactory=some.Class
                server.7=localhost""");

        ScriptRun run = flink.run("start-zookeeper-quorum.sh");

        assertThat(run.exitCode()).isZero();
        assertThat(run.stdout()).isEmpty();
        assertThat(run.stderr().lines())
                .satisfiesExactly(
                        line -> assertThat(line).contains("[WARN]", "'server.x=zk3'"),
                        line -> assertThat(line).contains("[WARN]", "'server.4='"),
                        line -> assertThat(line).contains("[WARN]", "'server.5=[::1]:2888:3888'"));
        String start = "nohup /bin/bash -l \"" + flink.bin() + "/zookeeper.sh\" start ";
        assertThat(sshArguments(flink))
                .containsExactly(
                        List.of("-n", "-p", "2222", "localhost", start + "1 &"),
                        List.of("-n", "-p", "2222", "zk-2.example", start + "02 &"),
                        List.of("-n", "-p", "2222", "localhost", start + "7 &"));
        assertThat(flink.calls("pdsh")).isEmpty();
        assertThat(flink.javaCalls(ZOOKEEPER)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"start-zookeeper-quorum.sh, start 1", "stop-zookeeper-quorum.sh, stop"})
    void shippedQuorumIsThisHostOverSshToo(
            String script, String arguments, FakeInstallation flink) {
        flink.program("ssh", "");

        ScriptRun run = flink.run(script);

        assertThat(run).isEqualTo(new ScriptRun(0, "", ""));
        assertThat(sshArguments(flink))
                .containsExactly(
                        List.of(
                                "-n",
                                "localhost",
                                "nohup /bin/bash -l \""
                                        + flink.bin()
                                        + "/zookeeper.sh\" "
                                        + arguments
                                        + " &"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"start-zookeeper-quorum.sh", "stop-zookeeper-quorum.sh"})
    void quorumWithoutServersIsNoted(String script, FakeInstallation flink) {
        flink.program("ssh", "");
        flink.hosts("zoo.cfg", "clientPort=2181\n");

        ScriptRun run = flink.run(script);

        assertThat(run.exitCode()).isZero();
        assertThat(run.stderr()).contains("[WARN]", zooCfg(flink).toString());
        assertThat(flink.calls("ssh")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"start-zookeeper-quorum.sh", "stop-zookeeper-quorum.sh"})
    void exitCodeIsThatOfTheLastHost(String script, FakeInstallation flink) {
        flink.program("ssh", "[[ $2 != bad* ]]");
        flink.hosts("zoo.cfg", "server.1=bad\nserver.2=good\n");
        ScriptRun lastIsGood = flink.run(script);
        flink.hosts("zoo.cfg", "server.1=good\nserver.2=bad\n");
        ScriptRun lastIsBad = flink.run(script);

        assertThat(lastIsGood.exitCode()).isZero();
        assertThat(lastIsBad.exitCode()).isEqualTo(1);
    }

    private static Path zooCfg(FakeInstallation flink) {
        return flink.conf().resolve("zoo.cfg");
    }

    private static List<List<String>> sshArguments(FakeInstallation flink) {
        return flink.calls("ssh").stream().map(Call::arguments).collect(Collectors.toList());
    }
}
