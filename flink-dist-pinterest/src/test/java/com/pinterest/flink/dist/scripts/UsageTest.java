// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the scripts say to a wrong command line. */
@ExtendWith(FakeInstallationExtension.class)
final class UsageTest {

    @ParameterizedTest
    @CsvSource({
        "jobmanager.sh,",
        "jobmanager.sh, restart",
        "taskmanager.sh,",
        "taskmanager.sh, restart",
        "standalone-job.sh,",
        "standalone-job.sh, stop-all",
        "historyserver.sh,",
        "historyserver.sh, restart",
        "sql-gateway.sh, restart",
        "flink-daemon.sh,",
        "flink-daemon.sh, restart taskexecutor",
        "config-parser-utils.sh,",
        "config-parser-utils.sh, conf bin",
        "migrate-config-file.sh, conf",
        "zookeeper.sh,",
        "zookeeper.sh, restart 1",
        "zookeeper.sh, start",
        "zookeeper.sh, start-foreground",
        "kubernetes-jobmanager.sh,",
        "kubernetes-jobmanager.sh, kubernetes-taskmanager",
    })
    void wrongVerbGivesTheUsageWithoutAnyJava(
            String script, String arguments, FakeInstallation flink) {
        ScriptRun run = flink.run(script, arguments == null ? new String[0] : arguments.split(" "));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stdout()).contains("Usage: " + script);
        assertThat(run.stderr()).isEmpty();
        assertThat(flink.calls("java")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "flink-daemon.sh, start",
        "flink-daemon.sh, start taskmanager",
        "flink-daemon.sh, start kubernetes-session",
        "flink-console.sh,",
        "flink-console.sh, taskmanager",
    })
    void wrongServiceGivesTheUsage(String script, String arguments, FakeInstallation flink) {
        ScriptRun run = flink.run(script, arguments == null ? new String[0] : arguments.split(" "));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stdout()).contains("Unknown service", "Usage: " + script, "taskexecutor");
        assertThat(flink.pids()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"flink", "sql-client.sh", "yarn-session.sh", "kubernetes-session.sh"})
    void clientsLeaveAWrongCommandLineToJava(String script, FakeInstallation flink) {
        flink.service("echo usage; echo wrong >&2; exit 1");

        ScriptRun run = flink.run(script);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stdout()).isEqualTo("usage\n");
        assertThat(run.stderr()).startsWith("wrong\n");
        assertThat(flink.calls("java")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-h", "--help"})
    void sqlGatewayHelp(String option, FakeInstallation flink) {
        ScriptRun run = flink.run("sql-gateway.sh", option);

        assertThat(run.exitCode()).isZero();
        assertThat(run.stdout()).contains("Usage: sql-gateway.sh");
        assertThat(flink.calls("java")).isEmpty();
    }
}
