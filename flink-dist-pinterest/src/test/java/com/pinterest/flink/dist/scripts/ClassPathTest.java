// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.scripts;

import static com.pinterest.flink.dist.scripts.FakeInstallation.TASK_MANAGER;
import static com.pinterest.flink.dist.scripts.FakeInstallation.addJar;
import static com.pinterest.flink.dist.scripts.FakeInstallation.delete;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which jars and directories stand on the class path, and in which order. */
@ExtendWith(FakeInstallationExtension.class)
final class ClassPathTest {

    @Test
    void libIsSortedAndFlinkDistComesLast(FakeInstallation flink) throws Exception {
        addJar(flink.lib().resolve("nested dir"), "x.jar");
        addJar(flink.lib(), "z.jar");
        addJar(flink.lib(), "Upper.jar");
        addJar(flink.lib(), "not-a-jar.txt");
        Files.createSymbolicLink(
                flink.lib().resolve("a-link.jar"), addJar(flink.directory("elsewhere"), "a.jar"));
        flink.set("LC_ALL", "en_US.UTF-8");

        flink.run("taskmanager.sh", "start");

        assertThat(flink.awaitJavaCall(TASK_MANAGER).classPath())
                .isEqualTo(
                        "L/Upper.jar:L/a-link.jar:L/flink-cep-2.3.0.jar:L/log4j-core-2.25.3.jar:"
                                        .concat("L/nested dir/x.jar:L/z.jar:L/flink-dist-2.3.0.jar")
                                        .replace("L/", flink.lib() + "/")
                                + "::::");
    }

    @ParameterizedTest
    @CsvSource({
        "flink, org.apache.flink.client.cli.CliFrontend",
        "yarn-session.sh, org.apache.flink.yarn.cli.FlinkYarnSessionCli",
        "kubernetes-session.sh, org.apache.flink.kubernetes.cli.KubernetesSessionCli",
        "taskmanager.sh, " + TASK_MANAGER,
    })
    void hadoopComesLastAndItsWildcardStays(
            String script, String mainClass, FakeInstallation flink) {
        flink.set("HADOOP_CLASSPATH", "/hadoop/*:/more/*");
        flink.set("HADOOP_CONF_DIR", "/etc/hadoop conf");
        flink.configure("env.yarn.conf.dir: /yarn", "env.hbase.conf.dir: /hbase");

        FakeInstallation.RunningScript run = flink.start(script, "start");

        assertThat(flink.awaitJavaCall(mainClass).classPath())
                .endsWith(":/hadoop/*:/more/*:/etc/hadoop conf:/yarn:/hbase");
        run.process().destroy();
        run.await();
    }

    @ParameterizedTest
    @CsvSource({"conf, conf", "etc/hadoop, etc/hadoop", "conf etc/hadoop, etc/hadoop", "'', ''"})
    void hadoopHomeGivesTheConfiguration(String existing, String used, FakeInstallation flink) {
        String hadoop = flink.directory("hadoop").toString();
        for (String directory : existing.split(" ", -1)) {
            flink.directory("hadoop/" + directory);
        }
        flink.set("HADOOP_HOME", hadoop);
        // Keeps a Hadoop of this machine out.
        flink.set("HADOOP_CLASSPATH", "cp");

        flink.run("taskmanager.sh", "start");

        assertThat(flink.awaitJavaCall(TASK_MANAGER).classPath())
                .endsWith("::cp:" + (used.isEmpty() ? "" : hadoop + "/" + used) + ":");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "flink",
                "jobmanager.sh",
                "kubernetes-session.sh",
                "kubernetes-taskmanager.sh",
                "sql-gateway.sh",
                "taskmanager.sh",
                "yarn-session.sh"
            })
    void flinkDistMustNotBeMissing(String script, FakeInstallation flink) {
        delete(flink.lib().resolve("flink-dist-2.3.0.jar"));

        ScriptRun run = flink.run(script, "start");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stderr()).contains("[ERROR]", "flink-dist", flink.lib().toString());
        assertThat(flink.calls("java")).noneMatch(call -> call.arguments().contains("start"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "flink",
                "jobmanager.sh",
                "kubernetes-session.sh",
                "kubernetes-taskmanager.sh",
                "sql-gateway.sh",
                "taskmanager.sh",
                "yarn-session.sh"
            })
    void flinkDistMustBeTheOnlyOne(String script, FakeInstallation flink) {
        addJar(flink.lib().resolve("old"), "flink-dist-2.2.0.jar");

        ScriptRun run = flink.run(script, "start");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stderr())
                .contains("[ERROR]", "flink-dist-2.3.0.jar", "flink-dist-2.2.0.jar");
    }

    @Test
    void gatewayHasItsJarAndPythonBeforeHadoop(FakeInstallation flink) {
        flink.run("sql-gateway.sh", "start");

        assertThat(flink.awaitJavaCall("org.apache.flink.table.gateway.SqlGateway").classPath())
                .endsWith(
                        "/flink-dist-2.3.0.jar:"
                                + flink.opt().resolve("flink-sql-gateway-2.3.0.jar")
                                + ":"
                                + flink.opt().resolve("flink-python-2.3.0.jar")
                                + ":::");
    }

    @Test
    void gatewayNeedsOneJarOfItsOwn(FakeInstallation flink) {
        addJar(flink.opt(), "flink-sql-gateway-2.2.0.jar");
        ScriptRun two = flink.run("sql-gateway.sh", "start");
        delete(flink.opt().resolve("flink-sql-gateway-2.2.0.jar"));
        delete(flink.opt().resolve("flink-sql-gateway-2.3.0.jar"));
        ScriptRun none = flink.run("sql-gateway.sh", "start");

        assertThat(two.exitCode()).isEqualTo(1);
        assertThat(two.stderr()).contains("[ERROR]", "flink-sql-gateway");
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.stderr()).contains("[ERROR]", "flink-sql-gateway");
        assertThat(flink.pids("sql-gateway")).isEmpty();
    }

    @Test
    void gatewayRunsWithoutPython(FakeInstallation flink) {
        delete(flink.opt().resolve("flink-python-2.3.0.jar"));

        ScriptRun run = flink.run("sql-gateway.sh", "start");

        assertThat(run.exitCode()).isZero();
        assertThat(run.stderr()).contains("[WARN]", "flink-python");
        flink.awaitJavaCall("org.apache.flink.table.gateway.SqlGateway");
    }
}
