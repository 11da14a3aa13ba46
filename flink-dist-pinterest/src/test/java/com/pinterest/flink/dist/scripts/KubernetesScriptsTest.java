// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.scripts;

import static com.pinterest.flink.dist.scripts.FakeInstallation.HOST;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** kubernetes-jobmanager.sh and kubernetes-taskmanager.sh, as pods run them. */
@ExtendWith(FakeInstallationExtension.class)
final class KubernetesScriptsTest {

    private static final String SESSION =
            "org.apache.flink.kubernetes.entrypoint.KubernetesSessionClusterEntrypoint";
    private static final String APPLICATION =
            "org.apache.flink.kubernetes.entrypoint.KubernetesApplicationClusterEntrypoint";
    private static final String TASK_MANAGER =
            "org.apache.flink.kubernetes.taskmanager.KubernetesTaskExecutorRunner";

    @ParameterizedTest
    @CsvSource({"kubernetes-session, " + SESSION, "kubernetes-application, " + APPLICATION})
    void jobManager(String service, String mainClass, FakeInstallation flink) {
        flink.service("echo out; echo err >&2; exit 163");
        flink.set("JVM_ARGS", "-Dmine=1");
        flink.configure(
                "env.java.opts.all: -Dall=1",
                "env.java.opts.jobmanager: -Xmx3",
                "env.java.opts.taskmanager: -Dtm=1");

        ScriptRun run = flink.run("kubernetes-jobmanager.sh", service, "-D", "a=b", "-Dc=d");

        assertThat(run.exitCode()).isEqualTo(163);
        assertThat(run.stdout())
                .isEqualTo(
                        "Starting %s as a console application on host %s.\nout\n"
                                .formatted(service, HOST));
        assertThat(run.stderr()).isEqualTo("err\n");
        Call call = flink.awaitJavaCall(mainClass);
        assertThat(call.jvmOptions())
                .containsExactly(
                        "-Dmine=1",
                        "-Xmx100",
                        "-Xms100",
                        "-XX:+IgnoreUnrecognizedVMOptions",
                        "-Dall=1",
                        "-Xmx3",
                        logFile(flink, service),
                        "-Dlog4j.configuration=file:" + flink.conf() + "/log4j-console.properties",
                        "-Dlog4j.configurationFile=file:"
                                + flink.conf()
                                + "/log4j-console.properties",
                        "-Dlogback.configurationFile=file:"
                                + flink.conf()
                                + "/logback-console.xml");
        assertThat(call.classPath()).endsWith("/flink-dist-2.3.0.jar::::");
        // Without --configDir, see FLINK_CONF_DIR.
        assertThat(call.programArguments())
                .containsExactly("-D", "jm.heap=100b", "-D", "a=b", "-Dc=d");
        assertThat(call.environment()).containsEntry("FLINK_CONF_DIR", flink.conf().toString());
        assertThat(flink.calls("java").get(1).programArguments())
                .containsExactly(
                        "GET_JM_RESOURCE_PARAMS",
                        "--configDir",
                        flink.conf().toString(),
                        "-D",
                        "a=b",
                        "-Dc=d");
    }

    @Test
    void taskManagerTakesItsMemoryFromTheJobManager(FakeInstallation flink) {
        flink.service("exit 1");
        flink.set("JVM_ARGS", "-Dmine=1");
        flink.set("FLINK_TM_JVM_MEM_OPTS", "-Xmx5 -Xms5");
        flink.configure("env.java.opts.taskmanager: -Dtm=1", "env.java.opts.jobmanager: -Djm=1");

        ScriptRun run =
                flink.run("kubernetes-taskmanager.sh", "-D", "tm.heap=5b", "-Dresource=tm-1");

        assertThat(run.exitCode()).isEqualTo(1);
        Call call = flink.awaitJavaCall(TASK_MANAGER);
        assertThat(call.jvmOptions())
                .startsWith(
                        "-Dmine=1",
                        "-Xmx5",
                        "-Xms5",
                        "-XX:+IgnoreUnrecognizedVMOptions",
                        "-Dtm=1",
                        logFile(flink, "kubernetes-taskmanager"))
                .doesNotContain("-Djm=1");
        assertThat(call.programArguments())
                .containsExactly(
                        "--configDir",
                        flink.conf().toString(),
                        "-D",
                        "tm.heap=5b",
                        "-Dresource=tm-1");
        // The other one reads the configuration: memory sizes are not computed here.
        assertThat(flink.calls("java")).hasSize(2);
    }

    @Test
    void taskManagerWithoutMemoryFlags(FakeInstallation flink) {
        flink.service("exit 0");

        flink.run("kubernetes-taskmanager.sh");

        assertThat(flink.awaitJavaCall(TASK_MANAGER).jvmOptions())
                .startsWith("-XX:+IgnoreUnrecognizedVMOptions");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"kubernetes-jobmanager.sh kubernetes-session", "kubernetes-taskmanager.sh"})
    void podFindsTheScriptOnThePathAndItBecomesTheJvm(String command, FakeInstallation flink) {
        flink.service("exit 0");
        flink.set("PATH", flink.bin() + ":" + flink.directory("programs"));
        Path bash = flink.directory("programs").resolve("bash");

        FakeInstallation.RunningScript script =
                flink.start(bash, "-c", "exec " + command + " -Da=b");
        ScriptRun run = script.await();

        assertThat(run.exitCode()).isZero();
        Call call = flink.calls("java").get(flink.calls("java").size() - 1);
        assertThat(call.mainClass()).startsWith("org.apache.flink.kubernetes.");
        assertThat(call.programArguments()).endsWith("-Da=b");
        assertThat(call.pid()).isEqualTo(script.process().pid());
    }

    @Test
    void brokenConfigurationStopsAJobManager(FakeInstallation flink) {
        flink.breakConfiguration();

        ScriptRun run = flink.run("kubernetes-jobmanager.sh", "kubernetes-session");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stderr()).contains("[ERROR]", "line 7 is not YAML");
        assertThat(flink.javaCalls(SESSION)).isEmpty();
    }

    private static String logFile(FakeInstallation flink, String service) {
        return "-Dlog.file=" + flink.log() + "/flink-tester-" + service + "-0-" + HOST + ".log";
    }
}
