// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.scripts;

import static com.pinterest.flink.dist.scripts.FakeInstallation.HOST;
import static com.pinterest.flink.dist.scripts.FakeInstallation.addJar;
import static com.pinterest.flink.dist.scripts.FakeInstallation.delete;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** flink, flink-archive, flink-connectors, sql-client.sh and sql-gateway.sh. */
@ExtendWith(FakeInstallationExtension.class)
final class ClientsTest {

    private static final String CLI = "org.apache.flink.client.cli.CliFrontend";
    private static final String SERIALIZERS =
            "com.pinterest.flink.runtime.serializers.SerializersCommand";
    private static final String ARCHIVE_TOOL =
            "com.pinterest.flink.connector.kafka.tiered.tool.ArchiveTool";
    private static final String CONNECTORS_TOOL =
            "com.pinterest.flink.connector.kafka.tiered.tool.ConnectorsTool";
    private static final String ARCHIVER_JOB =
            "com.pinterest.flink.connector.kafka.tiered.tool.ArchiverJob";
    private static final String PLACEMENT = "com.pinterest.flink.scheduler.cli.PlacementCommand";
    private static final String SQL_CLIENT = "org.apache.flink.table.client.SqlClient";
    private static final String SQL_LAUNCHER = "com.pinterest.flink.table.client.SqlClientLauncher";
    private static final String SQL_GATEWAY = "org.apache.flink.table.gateway.SqlGateway";

    @Test
    void commandLineClient(FakeInstallation flink) {
        flink.service("echo out; echo err >&2; exit 3");
        flink.set("JVM_ARGS", "-Xmx1m");
        flink.configure("env.java.opts.all: -Dall=1", "env.java.opts.client: -Dclient=1");

        ScriptRun run = flink.run("flink", "run", "my job.jar", "--text", "a  'b' *", "");

        assertThat(run).isEqualTo(new ScriptRun(3, "out\n", "err\n"));
        Call call = flink.awaitJavaCall(CLI);
        assertThat(call.jvmOptions())
                .containsExactly(
                        "-Xmx1m",
                        "-XX:+IgnoreUnrecognizedVMOptions",
                        "-Dall=1",
                        "-Dclient=1",
                        "-Dlog.file=" + flink.log() + "/flink-tester-client-" + HOST + ".log",
                        "-Dlog4j.configuration=file:" + flink.conf() + "/log4j-cli.properties",
                        "-Dlog4j.configurationFile=file:" + flink.conf() + "/log4j-cli.properties",
                        "-Dlogback.configurationFile=file:" + flink.conf() + "/logback.xml");
        assertThat(call.classPath()).endsWith("/flink-dist-2.3.0.jar:::");
        assertThat(call.programArguments())
                .containsExactly("run", "my job.jar", "--text", "a  'b' *", "");
        assertThat(flink.pids()).doesNotExist();
    }

    /** Ends with the text that the script waits for. */
    private static final String END =
            "for a in \"$@\"; do [[ $a != *serializers.end=* ]] || printf %s \"${a#*=}\"; done; ";

    @Test
    void verbOfThisDistributionHasItsOwnClass(FakeInstallation flink) {
        flink.service("echo report; echo; " + END + "exit 1");

        ScriptRun run = flink.run("flink", "serializers", "--json", "my job.jar", "serializers");
        flink.run("flink", "info", "serializers");

        assertThat(run).isEqualTo(new ScriptRun(1, "report\n\n", ""));
        assertThat(flink.awaitJavaCall(SERIALIZERS).programArguments())
                .containsExactly("--json", "my job.jar", "serializers");
        assertThat(flink.awaitJavaCall(CLI).programArguments())
                .containsExactly("info", "serializers");
    }

    @Test
    void placementHasItsOwnClass(FakeInstallation flink) {
        flink.service("echo page; echo err >&2; exit 1");

        ScriptRun run = flink.run("flink-placement", "--json", "my job");

        assertThat(run).isEqualTo(new ScriptRun(1, "page\n", "err\n"));
        assertThat(flink.awaitJavaCall(PLACEMENT).programArguments())
                .containsExactly("--json", "my job");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "exit 0",
                "exit 1",
                "exit 2",
                "kill -9 $$",
                "echo half a report; exit 0",
                "echo half a report; exit 1",
            })
    void verbFailsIfTheJvmEndsByItself(String service, FakeInstallation flink) {
        flink.service(service);

        ScriptRun run = flink.run("flink", "serializers", "--fail-on-kryo", "my job.jar");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.stderr())
                .contains("flink serializers: the JVM ended with exit code", "before a report");
    }

    @Test
    void archiveToolHasTheConnectorBehindLib(FakeInstallation flink) {
        flink.service("echo listed; exit 1");
        flink.set("JVM_ARGS", "-Xmx1m");

        ScriptRun run = flink.run("flink-archive", "ls", "--archive", "my dir");

        assertThat(run).isEqualTo(new ScriptRun(1, "listed\n", ""));
        Call call = flink.awaitJavaCall(ARCHIVE_TOOL);
        assertThat(call.jvmOptions())
                .startsWith("-Xmx1m")
                .contains("-Dlog.file=" + flink.log() + "/flink-tester-archive-" + HOST + ".log");
        assertThat(call.classPath())
                .endsWith(":" + flink.opt() + "/flink-connector-tiered-kafka-2.3.0.jar");
        assertThat(call.programArguments()).containsExactly("ls", "--archive", "my dir");
    }

    @Test
    void archiverIsAJobOfTheClient(FakeInstallation flink) {
        flink.service("exit 0");

        flink.run("flink-archive", "run", "--topic", "a b", "--bounded", "--", "-d", "-Dx=a b");

        assertThat(flink.awaitJavaCall(CLI).programArguments())
                .containsExactly(
                        "run",
                        "-d",
                        "-Dx=a b",
                        "-c",
                        ARCHIVER_JOB,
                        flink.opt() + "/flink-connector-tiered-kafka-2.3.0.jar",
                        "--topic",
                        "a b",
                        "--bounded");
    }

    @Test
    void helpOfTheArchiverNeedsNoCluster(FakeInstallation flink) {
        flink.service("exit 0");

        flink.run("flink-archive", "run", "--help");

        assertThat(flink.awaitJavaCall(ARCHIVER_JOB).programArguments()).containsExactly("--help");
    }

    @Test
    void connectorsToolRunsTheClassOfItsJar(FakeInstallation flink) {
        flink.service("echo listed; exit 1");

        ScriptRun run = flink.run("flink-connectors", "transactions", "--prefix", "my prefix");

        assertThat(run).isEqualTo(new ScriptRun(1, "listed\n", ""));
        Call call = flink.awaitJavaCall(CONNECTORS_TOOL);
        assertThat(call.jvmOptions())
                .contains(
                        "-Dlog.file=" + flink.log() + "/flink-tester-connectors-" + HOST + ".log");
        assertThat(call.classPath())
                .endsWith(":" + flink.opt() + "/flink-connector-tiered-kafka-2.3.0.jar");
        assertThat(call.programArguments())
                .containsExactly("transactions", "--prefix", "my prefix");
    }

    @ParameterizedTest
    @ValueSource(strings = {"flink-archive", "flink-connectors"})
    void toolsOfConnectorsNeedTheirJar(String script, FakeInstallation flink) {
        delete(flink.opt().resolve("flink-connector-tiered-kafka-2.3.0.jar"));

        ScriptRun run = flink.run(script, "ls");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.stderr()).contains("[ERROR]", "flink-connector-tiered-kafka");
    }

    @Test
    void sqlClientShipsItsJarLast(FakeInstallation flink) {
        Path opt = flink.directory("opt");
        for (String jar : List.of("flink-sql-client", "flink-sql-gateway", "flink-python")) {
            addJar(opt, jar + "-2.3.0.jar");
        }
        // Without a space, see the next test; the temporary directory of the tests has one.
        Path link = link(opt);
        flink.set("FLINK_OPT_DIR", link.toString());
        flink.set("JVM_ARGS", "-Xmx1m");
        flink.configure("env.java.opts.client: -Dclient=1");
        flink.service("exit 0");

        flink.run("sql-client.sh", "embedded", "-f", "my-file.sql");

        Call call = flink.awaitJavaCall(SQL_CLIENT);
        String clientJar = link.resolve("flink-sql-client-2.3.0.jar").toString();
        assertThat(call.jvmOptions())
                .startsWith("-XX:+IgnoreUnrecognizedVMOptions", "-Dclient=1", "-Xmx1m")
                .contains(
                        "-Dlog.file=" + flink.log() + "/flink-tester-sql-client-" + HOST + ".log");
        assertThat(call.classPath())
                .contains(
                        ":" + link.resolve("flink-python-2.3.0.jar") + ":",
                        ":" + link.resolve("flink-sql-gateway-2.3.0.jar") + ":")
                .endsWith(":::" + clientJar);
        assertThat(call.programArguments())
                .containsExactly("embedded", "-f", "my-file.sql", "--jar", clientJar);
        delete(link);
    }

    private static Path link(Path target) {
        try {
            Path link = Files.createTempFile("flink-scripts", "opt");
            delete(link);
            return Files.createSymbolicLink(link, target);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void sqlClientShipsItsJarFromAPathWithABlank(FakeInstallation flink) {
        flink.service("exit 0");

        flink.run("sql-client.sh", "-f", "x");

        String jar = flink.opt().resolve("flink-sql-client-2.3.0.jar").toString();
        assertThat(jar).contains(" ");
        assertThat(flink.awaitJavaCall(SQL_LAUNCHER).programArguments())
                .containsExactly("-f", "x", "--jar", jar);
        assertThat(flink.awaitJavaCall(SQL_LAUNCHER).classPath()).endsWith(jar);
    }

    @ParameterizedTest
    @CsvSource({
        "-f my.sql, " + SQL_CLIENT,
        "gateway -e https://host:8083/a?b -f file:///a/my.sql, " + SQL_LAUNCHER,
        "gateway -e host:8083 -Da.b='c' -f file:///a/my.sql, " + SQL_CLIENT,
        "--fail-on-error -f my.sql, " + SQL_LAUNCHER,
        "embedded -f my.sql --fail-on-error, " + SQL_LAUNCHER,
        "-f my%20.sql, " + SQL_LAUNCHER,
        "-f [my].sql, " + SQL_LAUNCHER,
        "-l /lib, " + SQL_LAUNCHER,
        "--library=/lib, " + SQL_LAUNCHER,
    })
    void sqlClientRunsItsOwnClassOnlyIfItHasTo(
            String line, String mainClass, FakeInstallation flink) {
        flink.service("exit 0");
        for (String jar : List.of("flink-sql-client", "flink-sql-gateway", "flink-python")) {
            addJar(flink.lib(), jar + "-2.3.0.jar");
        }

        flink.runLine("sql-client.sh " + line);

        assertThat(flink.awaitJavaCall(mainClass).programArguments())
                .containsExactly(line.split(" ", -1));
    }

    @Test
    void sqlClientHelpIsUpstreamsAndOurs(FakeInstallation flink) {
        flink.service("echo upstream");

        ScriptRun run = flink.run("sql-client.sh", "gateway", "--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.stdout()).startsWith("upstream\n").contains("--fail-on-error");
        assertThat(flink.awaitJavaCall(SQL_CLIENT).programArguments())
                .containsExactly("gateway", "--help");
    }

    @Test
    void sqlClientTakesWhatIsInLib(FakeInstallation flink) {
        flink.service("exit 0");
        for (String jar : List.of("flink-sql-client", "flink-sql-gateway", "flink-python")) {
            addJar(flink.lib(), jar + "-2.3.0.jar");
        }

        flink.run("sql-client.sh");

        Call call = flink.awaitJavaCall(SQL_CLIENT);
        assertThat(call.classPath()).doesNotContain(flink.opt().toString());
        assertThat(call.programArguments()).isEmpty();
    }

    @Test
    void sqlClientMustBeSomewhere(FakeInstallation flink) {
        delete(flink.opt().resolve("flink-sql-client-2.3.0.jar"));

        ScriptRun run = flink.run("sql-client.sh");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stderr()).contains("[ERROR]", "flink-sql-client");
        assertThat(flink.javaCalls(SQL_CLIENT)).isEmpty();
    }

    @Test
    void gatewayStartsByDefault(FakeInstallation flink) {
        flink.configure("env.java.opts.sql-gateway: -Dgateway=1");

        ScriptRun run = flink.run("sql-gateway.sh", "-Dsql-gateway.endpoint.rest.address=my-host");

        assertThat(run.exitCode()).isZero();
        assertThat(run.stdout()).contains("Starting", "sql-gateway", "daemon");
        Call call = flink.awaitJavaCall(SQL_GATEWAY);
        assertThat(call.jvmOptions()).contains("-Dgateway=1");
        assertThat(call.programArguments())
                .containsExactly("-Dsql-gateway.endpoint.rest.address=my-host");
        assertThat(call.environment()).containsEntry("FLINK_CONF_DIR", flink.conf().toString());
        assertThat(flink.run("sql-gateway.sh", "stop").stdout()).contains("Stopping sql-gateway");
    }

    @Test
    void gatewayHelpOfJava(FakeInstallation flink) {
        flink.service("echo the help; exit 0");

        ScriptRun run = flink.run("sql-gateway.sh", "start", "--help");

        assertThat(run).isEqualTo(new ScriptRun(0, "the help\n", ""));
        assertThat(flink.awaitJavaCall(SQL_GATEWAY).programArguments()).containsExactly("--help");
        assertThat(flink.pids()).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "flink, " + CLI,
        "sql-client.sh, " + SQL_LAUNCHER,
        "sql-gateway.sh, " + SQL_GATEWAY,
    })
    void scriptIsFoundThroughLinks(String script, String mainClass, FakeInstallation flink)
            throws Exception {
        flink.service("exit 0");
        Path link = flink.directory("links").resolve("first");
        Files.createSymbolicLink(link, flink.bin().resolve(script));
        Path linkToLink = flink.directory("links").resolve("second");
        Files.createSymbolicLink(linkToLink, Path.of("first"));

        flink.run(linkToLink, "start-foreground");

        assertThat(flink.awaitJavaCall(mainClass).classPath()).startsWith(flink.lib().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"flink", "taskmanager.sh", "start-cluster.sh"})
    void installationIsFoundThroughALinkedDirectory(String script, FakeInstallation flink)
            throws Exception {
        Path link = flink.directory("links").resolve("current");
        Files.createSymbolicLink(link, flink.home());

        FakeInstallation.RunningScript run =
                flink.start(link.resolve("bin").resolve(script), "start");
        FakeInstallation.await(() -> flink.calls("java").size() > 1, () -> "a call of Java");
        run.process().destroy();
        run.await();

        assertThat(flink.calls("java"))
                .allSatisfy(
                        call ->
                                assertThat(call.environment())
                                        .containsEntry("FLINK_BIN_DIR", flink.bin().toString()));
    }
}
