// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.scripts;

import static com.pinterest.flink.dist.scripts.FakeInstallation.HOST;
import static com.pinterest.flink.dist.scripts.FakeInstallation.JOB_MANAGER;
import static com.pinterest.flink.dist.scripts.FakeInstallation.TASK_MANAGER;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole command lines of JobManagers, TaskManagers and the other services. */
@ExtendWith(FakeInstallationExtension.class)
final class ServiceCommandLineTest {

    @Test
    void taskManagerByDefault(FakeInstallation flink) {
        ScriptRun run = flink.run("taskmanager.sh", "start");

        assertThat(run.exitCode()).isZero();
        assertThat(run.stdout()).contains("Starting", "taskexecutor", "daemon", HOST);
        List<String> expected = new ArrayList<>(List.of("-Xmx200", "-Xms200"));
        expected.add("-XX:+IgnoreUnrecognizedVMOptions");
        expected.addAll(logOptions(flink, "taskexecutor-0", "log4j.properties", "logback.xml"));
        expected.addAll(List.of("-classpath", libClassPath(flink) + "::::", TASK_MANAGER));
        expected.addAll(List.of("--configDir", flink.conf().toString(), "-D", "tm.heap=200b"));
        assertThat(flink.awaitJavaCall(TASK_MANAGER).arguments())
                .containsExactlyElementsOf(expected);
    }

    @Test
    void jobManagerByDefault(FakeInstallation flink) {
        flink.run("jobmanager.sh", "start");

        List<String> expected = new ArrayList<>(List.of("-Xmx100", "-Xms100"));
        expected.add("-XX:+IgnoreUnrecognizedVMOptions");
        expected.addAll(
                logOptions(flink, "standalonesession-0", "log4j.properties", "logback.xml"));
        expected.addAll(List.of("-classpath", libClassPath(flink) + "::::", JOB_MANAGER));
        expected.addAll(List.of("-D", "jm.heap=100b", "--configDir", flink.conf().toString()));
        assertThat(flink.awaitJavaCall(JOB_MANAGER).arguments())
                .containsExactlyElementsOf(expected);
    }

    @Test
    void standaloneJobKeepsTheArgumentsOfTheJob(FakeInstallation flink) {
        flink.run("standalone-job.sh", "start", "--job-classname", "my.Job", "--text", "a  b", "");

        Call call =
                flink.awaitJavaCall(
                        "org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint");
        assertThat(call.jvmOptions()).startsWith("-Xmx100");
        assertThat(call.programArguments())
                .startsWith("--configDir", flink.conf().toString(), "-D", "jm.heap=100b")
                .endsWith("--job-classname", "my.Job", "--text", "a  b", "");
    }

    @Test
    void historyServerHasNoMemoryFlags(FakeInstallation flink) {
        flink.configure("env.java.opts.historyserver: -Xmx7m");

        flink.run("historyserver.sh", "start");

        Call call =
                flink.awaitJavaCall("org.apache.flink.runtime.webmonitor.history.HistoryServer");
        assertThat(call.jvmOptions())
                .startsWith("-XX:+IgnoreUnrecognizedVMOptions", "-Xmx7m", logFile(flink));
        assertThat(call.programArguments()).containsExactly("--configDir", flink.conf().toString());
    }

    private static String logFile(FakeInstallation flink) {
        return "-Dlog.file=" + flink.log() + "/flink-tester-historyserver-0-" + HOST + ".log";
    }

    @ParameterizedTest
    @ValueSource(strings = {"jobmanager.sh", "taskmanager.sh", "standalone-job.sh"})
    void dynamicOptionsReachTheResourceStepAndTheProgram(String script, FakeInstallation flink) {
        flink.run(script, "start", "-D", "a.b=1", "-Dc.d=2");

        FakeInstallation.await(() -> flink.calls("java").size() == 3, () -> "the third Java call");
        assertThat(flink.calls("java").subList(1, 3))
                .allSatisfy(
                        call -> assertThat(call.arguments()).endsWith("-D", "a.b=1", "-Dc.d=2"));
    }

    @Test
    void positionalHostAndPortOfTheJobManagerBecomeOptions(FakeInstallation flink) {
        flink.run("jobmanager.sh", "start", "some-host", "8099", "-D", "a=b");

        assertThat(flink.awaitJavaCall(JOB_MANAGER).programArguments())
                .endsWith(
                        "-D",
                        "jobmanager.rpc.address=some-host",
                        "-D",
                        "rest.port=8099",
                        "-D",
                        "a=b");
    }

    @Test
    void atMostTwoJvmsBesidesTheService(FakeInstallation flink) {
        flink.run("taskmanager.sh", "start");

        flink.awaitJavaCall(TASK_MANAGER);
        assertThat(flink.calls("java")).hasSize(3);
    }

    @Test
    void configuredHeapBeatsTheComputedOneWhichBeatsJvmArgs(FakeInstallation flink) {
        flink.configure("env.java.opts.taskmanager: -Xmx3");
        flink.set("JVM_ARGS", "-Xmx1 -Dmine=yes");

        flink.run("taskmanager.sh", "start");

        assertThat(flink.awaitJavaCall(TASK_MANAGER).jvmOptions())
                .containsSubsequence("-Xmx1", "-Dmine=yes", "-Xmx200", "-Xmx3");
    }

    @Test
    void defaultOptionsComeBeforeTheUsers(FakeInstallation flink) {
        flink.configure(
                "env.java.opts.taskmanager: -Dtm=user",
                "env.java.opts.all: -Dall=user",
                "env.java.default-opts.taskmanager: -Dtm=default",
                "env.java.default-opts.all: -Dall=default",
                "env.java.opts.jobmanager: -Djm=user",
                "env.java.default-opts.jobmanager: -Djm=default",
                "env.java.opts.client: -Dclient=user");

        flink.run("taskmanager.sh", "start");
        flink.run("jobmanager.sh", "start");

        assertThat(userOptions(flink.awaitJavaCall(TASK_MANAGER)))
                .containsExactly("-Dall=default", "-Dall=user", "-Dtm=default", "-Dtm=user");
        assertThat(userOptions(flink.awaitJavaCall(JOB_MANAGER)))
                .containsExactly("-Dall=default", "-Dall=user", "-Djm=default", "-Djm=user");
    }

    @Test
    void deprecatedOptionsCountOnlyWithoutTheNewOnes(FakeInstallation flink) {
        flink.configure("env.java.opts: -Dold=1");
        flink.run("taskmanager.sh", "start");
        flink.configure("env.java.opts: -Dold=1", "env.java.opts.all: -Dnew=1");
        flink.run("taskmanager.sh", "start");

        List<Call> calls = flink.awaitJavaCalls(TASK_MANAGER, 2);
        assertThat(userOptions(calls.get(0))).containsExactly("-Dold=1");
        assertThat(userOptions(calls.get(1))).containsExactly("-Dnew=1");
    }

    @Test
    void optionsInTheEnvironmentReplaceTheFilesAndTheImpliedOnes(FakeInstallation flink) {
        flink.configure("env.java.opts.all: -Dall=1", "env.java.opts.taskmanager: -Dtm=1");
        flink.javaVersion(21);
        flink.set("FLINK_ENV_JAVA_OPTS", "-Denvironment=1");

        flink.run("taskmanager.sh", "start");

        assertThat(flink.awaitJavaCall(TASK_MANAGER).jvmOptions().subList(2, 5))
                .containsExactly(
                        "-Denvironment=1",
                        "-Dtm=1",
                        "-Dlog.file="
                                + flink.log()
                                + "/flink-tester-taskexecutor-0-"
                                + HOST
                                + ".log");
    }

    @ParameterizedTest
    @CsvSource({"11, false", "17, false", "18, true", "21, true", "23, true", "24, false"})
    void securityManagerIsAllowedWhereHadoopNeedsItAndJavaTakesIt(
            int version, boolean allowed, FakeInstallation flink) {
        flink.javaVersion(version);
        flink.configure("env.java.opts.all: -Dall=1");

        flink.run("taskmanager.sh", "start");

        List<String> implied =
                allowed ? List.of("-Dall=1", "-Djava.security.manager=allow") : List.of("-Dall=1");
        assertThat(userOptions(flink.awaitJavaCall(TASK_MANAGER))).isEqualTo(implied);
    }

    @ParameterizedTest
    @CsvSource({"17, false", "23, false", "24, true", "25, true"})
    void nativeAndUnsafeAccessAreAllowedWhereJavaWarnsOfThem(
            int version, boolean allowed, FakeInstallation flink) {
        flink.javaVersion(version);
        flink.configure("env.java.opts.all: -Dall=1");

        flink.run("taskmanager.sh", "start");

        // then they come first, so that a user's own options win
        List<String> options = flink.awaitJavaCall(TASK_MANAGER).jvmOptions();
        List<String> implied =
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+IgnoreUnrecognizedVMOptions",
                        "-Dall=1");
        if (allowed) {
            assertThat(options).containsSubsequence(implied);
        } else {
            assertThat(options).doesNotContainAnyElementsOf(implied.subList(0, 2));
        }
    }

    @Test
    void javaIsAskedForItsVersionWhereThereIsNoReleaseFile(FakeInstallation flink) {
        flink.javaVersion(17);
        flink.javaVersionOnlyFromJava(21);

        flink.run("taskmanager.sh", "start");

        assertThat(userOptions(flink.awaitJavaCall(TASK_MANAGER)))
                .containsExactly("-Djava.security.manager=allow");
    }

    /** The options between the flag that is always first and the log properties. */
    private static List<String> userOptions(Call call) {
        List<String> options = call.jvmOptions();
        int first = options.indexOf("-XX:+IgnoreUnrecognizedVMOptions");
        assertThat(first).isNotNegative();
        int end = first;
        while (!options.get(end).startsWith("-Dlog.file=")) {
            end++;
        }
        return options.subList(first + 1, end);
    }

    private static List<String> logOptions(
            FakeInstallation flink, String service, String log4j, String logback) {
        return List.of(
                "-Dlog.file=" + flink.log() + "/flink-tester-" + service + "-" + HOST + ".log",
                "-Dlog4j.configuration=file:" + flink.conf().resolve(log4j),
                "-Dlog4j.configurationFile=file:" + flink.conf().resolve(log4j),
                "-Dlogback.configurationFile=file:" + flink.conf().resolve(logback));
    }

    private static String libClassPath(FakeInstallation flink) {
        return String.join(
                ":",
                flink.lib() + "/flink-cep-2.3.0.jar",
                flink.lib() + "/log4j-core-2.25.3.jar",
                flink.lib() + "/flink-dist-2.3.0.jar");
    }
}
