// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.scripts;

import static com.pinterest.flink.dist.scripts.FakeInstallation.HOST;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** yarn-session.sh and kubernetes-session.sh. */
@ExtendWith(FakeInstallationExtension.class)
final class SessionClientsTest {

    private static final String YARN = "org.apache.flink.yarn.cli.FlinkYarnSessionCli";
    private static final String KUBERNETES = "org.apache.flink.kubernetes.cli.KubernetesSessionCli";

    @Test
    void yarnSessionShipsFlinkDist(FakeInstallation flink) {
        flink.service("echo out; echo err >&2; exit 3");
        setOptions(flink);
        flink.set("HADOOP_CLASSPATH", "/hadoop/*");

        ScriptRun run = flink.run("yarn-session.sh", "-d", "-nm", "my name", "");

        assertThat(run).isEqualTo(new ScriptRun(3, "out\n", "err\n"));
        Call call = flink.awaitJavaCall(YARN);
        assertThat(call.jvmOptions()).isEqualTo(expectedOptions(flink, "yarn-session"));
        assertThat(call.classPath()).endsWith("/flink-dist-2.3.0.jar:/hadoop/*::");
        assertThat(call.programArguments())
                .containsExactly(
                        "-j",
                        flink.lib().resolve("flink-dist-2.3.0.jar").toString(),
                        "-d",
                        "-nm",
                        "my name",
                        "");
        assertThat(flink.pids()).doesNotExist();
    }

    @Test
    void yarnSessionThatFailsWithoutHadoopNamesTheVariable(FakeInstallation flink) {
        flink.service("echo NoClassDefFoundError >&2; exit 1");
        ScriptRun failure = flink.run("yarn-session.sh");
        flink.service("exit 0");
        ScriptRun success = flink.run("yarn-session.sh");

        assertThat(failure.exitCode()).isEqualTo(1);
        assertThat(failure.stderr())
                .startsWith("NoClassDefFoundError\n[WARN] HADOOP_CLASSPATH is not set.");
        assertThat(success).isEqualTo(new ScriptRun(0, "", ""));
    }

    @Test
    void kubernetesSession(FakeInstallation flink) {
        flink.service("echo out; echo err >&2; exit 3");
        setOptions(flink);

        ScriptRun run = flink.run("kubernetes-session.sh", "-Dkubernetes.cluster-id=a b", "");

        assertThat(run).isEqualTo(new ScriptRun(3, "out\n", "err\n"));
        Call call = flink.awaitJavaCall(KUBERNETES);
        assertThat(call.jvmOptions()).isEqualTo(expectedOptions(flink, "k8s-session"));
        assertThat(call.classPath()).endsWith("/flink-dist-2.3.0.jar:::");
        assertThat(call.programArguments()).containsExactly("-Dkubernetes.cluster-id=a b", "");
        assertThat(call.environment()).containsEntry("FLINK_CONF_DIR", flink.conf().toString());
        assertThat(flink.pids()).doesNotExist();
    }

    private static void setOptions(FakeInstallation flink) {
        flink.set("JVM_ARGS", "-Dmine=1");
        flink.configure(
                "env.java.opts.all: -Dall=1",
                "env.java.opts.client: -Dclient=1",
                "env.java.opts.jobmanager: -Djm=1");
    }

    private static List<String> expectedOptions(FakeInstallation flink, String name) {
        return List.of(
                "-Dmine=1",
                "-Xmx512m",
                "-XX:+IgnoreUnrecognizedVMOptions",
                "-Dall=1",
                "-Dclient=1",
                "-Dlog.file=" + flink.log() + "/flink-tester-" + name + "-" + HOST + ".log",
                "-Dlog4j.configuration=file:" + flink.conf() + "/log4j-session.properties",
                "-Dlog4j.configurationFile=file:" + flink.conf() + "/log4j-session.properties",
                "-Dlogback.configurationFile=file:" + flink.conf() + "/logback-session.xml");
    }
}
