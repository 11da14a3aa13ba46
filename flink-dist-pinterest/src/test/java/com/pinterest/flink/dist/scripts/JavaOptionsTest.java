// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.scripts;

import static com.pinterest.flink.dist.scripts.FakeInstallation.HOST;
import static com.pinterest.flink.dist.scripts.FakeInstallation.TASK_MANAGER;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How env.java.opts.*, FLINK_ENV_JAVA_OPTS* and JVM_ARGS become options: alike in all scripts. */
@ExtendWith(FakeInstallationExtension.class)
final class JavaOptionsTest {

    private static final String END = "-Dend=1";

    /** The scripts that start a JVM, each with arguments for it. */
    private static final List<String> SCRIPTS =
            List.of(
                    "flink run",
                    "sql-client.sh",
                    "yarn-session.sh",
                    "kubernetes-session.sh",
                    "sql-gateway.sh start-foreground",
                    "sql-gateway.sh start --help",
                    "jobmanager.sh start",
                    "jobmanager.sh start-foreground",
                    "taskmanager.sh start",
                    "taskmanager.sh start-foreground",
                    "standalone-job.sh start-foreground",
                    "historyserver.sh start",
                    "zookeeper.sh start 1",
                    "kubernetes-jobmanager.sh kubernetes-application",
                    "kubernetes-taskmanager.sh",
                    "flink-daemon.sh start taskexecutor",
                    "flink-console.sh taskexecutor");

    private static List<String> scripts() {
        return SCRIPTS;
    }

    private static Stream<Rule> rules() {
        return Stream.of(
                // what a shell would take for pipes, wild cards, commands
                rule("-Da=localhost|*.internal", "-Da=localhost|*.internal"),
                rule("-Da=* /bin/* -Db=[a-z]?", "-Da=*", "/bin/*", "-Db=[a-z]?"),
                rule(
                        "-Da=b;c&d -Db=<c> -Dc=(d) -Dd=#!",
                        "-Da=b;c&d",
                        "-Db=<c>",
                        "-Dc=(d)",
                        "-Dd=#!"),
                rule("-Da=$(id) -Db=`id`", "-Da=$(id)", "-Db=`id`"),
                rule("-Da={b,c} -Db=~ # -Dc", "-Da={b,c}", "-Db=~", "#", "-Dc"),
                rule("-Xlog:gc:%t.%p -Da=100%", "-Xlog:gc:%t.%p", "-Da=100%"),
                // blanks
                rule("  -Da=1\t-Db=2 \n  -Dc=3  ", "-Da=1", "-Db=2", "-Dc=3"),
                rule("-Da=1 \\\n  -Db=2", "-Da=1", "-Db=2"),
                // quotes
                rule("-Da=\"b  c\" -Db='c  d'", "-Da=b  c", "-Db=c  d"),
                rule("\"-Da=b c\" '-Db=c d'", "-Da=b c", "-Db=c d"),
                rule("-Da=\"it's\" -Db='\"'", "-Da=it's", "-Db=\""),
                rule("-Da='b'\"c\"d", "-Da=bcd"),
                rule("-Da=\"\" '' \"\"", "-Da="),
                rule("-Da='\\d+\\.$ONE\\'", "-Da=\\d+\\.$ONE\\"),
                // backslashes
                rule("-Da=\\| -Db=\\\" -Dc=\\' -Dd=\\\\", "-Da=|", "-Db=\"", "-Dc='", "-Dd=\\"),
                rule("-Da=b\\ c -Db=\\$ONE -Dc=\\:", "-Da=b c", "-Db=$ONE", "-Dc=:"),
                rule("-Da=C:\\jdk\\bin -Db=\\d+", "-Da=C:\\jdk\\bin", "-Db=\\d+"),
                rule("-Da=\"\\\" \\\\ \\$ONE \\` \\.\\d\\'\"", "-Da=\" \\ $ONE ` \\.\\d\\'"),
                rule("-Da=b\\", "-Da=b\\"),
                // variables
                rule("-Da=$ONE -Db=${ONE}b", "-Da=1", "-Db=1b"),
                rule("-Da=$UNSET. ${UNSET} \"$UNSET\"", "-Da=."),
                rule("$TWO -Da=\"$TWO\"", "-Dx=1", "-Dy='2", "3'", "-Da=-Dx=1 -Dy='2 3'"),
                rule("-Da=$ -Db=$1 -Dc=$$ -Dd=a$", "-Da=$", "-Db=$1", "-Dc=$$", "-Dd=a$"),
                rule("-Da=${env:ONE} -Db=${ONE:-2}", "-Da=${env:ONE}", "-Db=${ONE:-2}"),
                rule("-Da=$word -Db=$rest -Dc=$name", "-Da=w", "-Db=r", "-Dc=n"));
    }

    private static Rule rule(String text, String... options) {
        return new Rule(text, List.of(options));
    }

    /** A text and the options that it stands for. */
    private record Rule(String text, List<String> options) {}

    private static void setVariables(FakeInstallation flink) {
        flink.set("ONE", "1");
        flink.set("TWO", "-Dx=1 -Dy='2 3'");
        flink.set("word", "w");
        flink.set("rest", "r");
        flink.set("name", "n");
    }

    @ParameterizedTest
    @MethodSource("rules")
    void ruleHoldsForAServiceAndForAClient(Rule rule, FakeInstallation flink) {
        flink.service("exit 0");
        setVariables(flink);
        flink.configure("env.java.opts.all: " + yaml(rule.text()));

        ScriptRun client = flink.run("flink", "list");
        ScriptRun service = flink.run("flink-console.sh", "taskexecutor");

        assertThat(List.of(client.stderr(), service.stderr())).containsOnly("");
        List<Call> calls = flink.calls("java");
        assertThat(options(calls.get(1))).isEqualTo(rule.options());
        assertThat(options(calls.get(3))).isEqualTo(rule.options());
    }

    /** In double quotes, with the escapes of YAML. */
    private static String yaml(String text) {
        return '"'
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\t", "\\t")
                + '"';
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Da=\"b c\"\t-Db='$c'\\\\|   -Dd=\\d",
                "'-Da=\"b c\" -Db=''$c''\\\\|  -Dd=\\d'",
                "\"\\t-Da=\\\"b c\\\"\\t-Db='$c'\\\\\\\\|\\n-Dd=\\\\d\"",
                "|\n  -Da=\"b c\"\n  -Db='$c'\\\\|\n  -Dd=\\d",
                "|-\n  -Da=\"b c\" \\\n  -Db='$c'\\\\|\n\n  -Dd=\\d",
                ">-\n  -Da=\"b c\"\n  -Db='$c'\\\\|\n  -Dd=\\d",
                "\n  -Da=\"b c\"\n  -Db='$c'\\\\|\n  -Dd=\\d",
            })
    void allFormsOfYamlGiveTheSameOptions(String value, FakeInstallation flink) throws Exception {
        flink.service("exit 0");
        flink.useConfigurationTool();
        Files.writeString(
                flink.conf().resolve("config.yaml"), "env.java.opts.all: " + value + "\n");

        ScriptRun run = flink.run("flink", "list");

        assertThat(run.stderr()).isEmpty();
        assertThat(options(flink.calls("java").get(1)))
                .containsExactly("-Da=b c", "-Db=$c\\|", "-Dd=\\d");
    }

    /** The options between the flag that is always first and the log properties. */
    private static List<String> options(Call call) {
        List<String> options = call.jvmOptions();
        int first = options.indexOf("-XX:+IgnoreUnrecognizedVMOptions") + 1;
        int end = first;
        while (!options.get(end).startsWith("-Dlog.file=")) {
            end++;
        }
        return options.subList(first, end);
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void allScriptsFollowTheRule(String script, FakeInstallation flink) {
        flink.service("exit 0");
        String text = "-Dhosts=a|*.b -Dtitle=\"b c\" -Dprice='$5' -Dregex='\\d' -Done=$ONE " + END;
        flink.configure("env.java.opts.all: " + text);
        flink.set("JVM_ARGS", text.replace("-D", "-Djvm."));
        flink.set("ONE", "1");

        flink.runLine(script);

        assertThat(serviceCall(flink).jvmOptions())
                .containsSequence(
                        "-Dhosts=a|*.b", "-Dtitle=b c", "-Dprice=$5", "-Dregex=\\d", "-Done=1", END)
                .containsSequence(
                        "-Djvm.hosts=a|*.b",
                        "-Djvm.title=b c",
                        "-Djvm.price=$5",
                        "-Djvm.regex=\\d",
                        "-Djvm.one=1");
    }

    /** The call of Java that is not one of the configuration tool. */
    private static Call serviceCall(FakeInstallation flink) {
        FakeInstallation.await(
                () -> flink.calls("java").stream().anyMatch(JavaOptionsTest::isService),
                () -> "the start of the service");
        return flink.calls("java").stream()
                .filter(JavaOptionsTest::isService)
                .findFirst()
                .orElseThrow();
    }

    private static boolean isService(Call call) {
        return !call.arguments().contains("org.apache.flink.runtime.util.bash.BashJavaUtils");
    }

    @ParameterizedTest
    @CsvSource({
        "env.java.opts.client, flink run, FLINK_ENV_JAVA_OPTS_CLI",
        "env.java.opts.client, sql-client.sh, FLINK_ENV_JAVA_OPTS_CLI",
        "env.java.opts.client, yarn-session.sh, FLINK_ENV_JAVA_OPTS_CLI",
        "env.java.opts.client, kubernetes-session.sh, FLINK_ENV_JAVA_OPTS_CLI",
        "env.java.opts.jobmanager, jobmanager.sh start, FLINK_ENV_JAVA_OPTS_JM",
        "env.java.opts.taskmanager, taskmanager.sh start, FLINK_ENV_JAVA_OPTS_TM",
        "env.java.opts.historyserver, historyserver.sh start, FLINK_ENV_JAVA_OPTS_HS",
        "env.java.opts.sql-gateway, sql-gateway.sh start, FLINK_ENV_JAVA_OPTS_SQL_GATEWAY",
    })
    void ruleHoldsForTheOptionsOfAComponentAndForItsVariable(
            String key, String script, String variable, FakeInstallation flink) {
        flink.service("exit 0");
        flink.configure(key + ": -Da='b c'|*");

        flink.runLine(script);
        flink.set(variable, "-Dx='y z'|*");
        flink.runLine(script);

        FakeInstallation.await(
                () -> flink.calls("java").stream().filter(JavaOptionsTest::isService).count() == 2,
                () -> "two starts");
        List<Call> calls = flink.calls("java").stream().filter(JavaOptionsTest::isService).toList();
        assertThat(calls.get(0).jvmOptions()).contains("-Da=b c|*");
        assertThat(calls.get(1).jvmOptions()).contains("-Dx=y z|*").doesNotContain("-Da=b c|*");
    }

    // ------------------------------------------------------------------ the log prefix

    @ParameterizedTest
    @CsvSource({
        "taskmanager.sh start, taskexecutor-0-",
        "taskmanager.sh start-foreground, taskexecutor-0-",
        "flink run, client-",
        "sql-client.sh, sql-client-",
        "yarn-session.sh, yarn-session-",
        "kubernetes-session.sh, k8s-session-",
    })
    void logPrefixIsThatOfTheLogFileAndStaysInOnePiece(
            String script, String name, FakeInstallation flink) {
        flink.service("exit 0");
        flink.configure(
                "env.java.opts.all: -Xloggc:${FLINK_LOG_PREFIX}.gc.log -Da=$FLINK_LOG_PREFIX"
                        + " -Db=\"$FLINK_LOG_PREFIX.jfr\"");

        flink.runLine(script);

        String prefix = flink.log() + "/flink-tester-" + name + HOST;
        assertThat(prefix).contains(" ");
        assertThat(serviceCall(flink).jvmOptions())
                .containsSequence(
                        "-Xloggc:" + prefix + ".gc.log",
                        "-Da=" + prefix,
                        "-Db=" + prefix + ".jfr",
                        "-Dlog.file=" + prefix + ".log");
    }

    // ------------------------------------------------------------------ open quotes

    @ParameterizedTest
    @MethodSource("scripts")
    void openQuoteIsAnErrorThatNamesTheOption(String script, FakeInstallation flink) {
        flink.configure("env.java.opts.all: -Dname=Bob's");

        ScriptRun run = flink.runLine(script);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stderr())
                .contains("[ERROR] env.java.opts.all: a single quote is not closed: -Dname=Bob's");
        assertThat(flink.calls("java")).noneMatch(JavaOptionsTest::isService);
        assertThat(flink.pids("taskexecutor")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "env.java.opts.taskmanager, taskmanager.sh",
        "env.java.default-opts.taskmanager, taskmanager.sh",
        "env.java.default-opts.all, taskmanager.sh",
        "env.java.opts, taskmanager.sh",
        "env.java.opts.jobmanager, jobmanager.sh",
        "env.java.opts.historyserver, historyserver.sh",
        "env.java.opts.sql-gateway, sql-gateway.sh",
        "env.java.opts.client, flink",
        "env.java.opts.client, sql-client.sh",
    })
    void openQuoteIsNotClosedByTheNextOption(String key, String script, FakeInstallation flink) {
        flink.configure(
                key + ": -Da=\"b",
                "env.java.opts."
                        + (key.contains("taskmanager") ? "x" : "taskmanager")
                        + ": -Dc=\"d");

        ScriptRun run = flink.run(script, "start");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stderr())
                .contains("[ERROR] " + key + ": a double quote is not closed: -Da=\"b");
        assertThat(flink.calls("java")).noneMatch(JavaOptionsTest::isService);
    }

    @ParameterizedTest
    @ValueSource(strings = {"JVM_ARGS", "FLINK_ENV_JAVA_OPTS", "FLINK_ENV_JAVA_OPTS_TM"})
    void openQuoteInAVariableIsNamed(String variable, FakeInstallation flink) {
        flink.set(variable, "-Da='b");

        ScriptRun run = flink.run("taskmanager.sh", "start");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stderr()).contains("[ERROR] " + variable + ": a single quote is not closed");
        assertThat(flink.calls("java")).noneMatch(JavaOptionsTest::isService);
    }

    @Test
    void openQuoteIsNamedWhereAnotherScriptHasReadTheConfiguration(FakeInstallation flink) {
        flink.configure("env.java.opts.taskmanager: -Da='b");

        ScriptRun run = flink.run("start-cluster.sh");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stderr())
                .contains("[ERROR] env.java.opts.taskmanager: a single quote is not closed");
        assertThat(flink.pids("taskexecutor")).isEmpty();
    }

    @Test
    void openQuoteOfOthersDoesNotMatter(FakeInstallation flink) {
        flink.configure("env.java.opts.jobmanager: -Da='b", "env.java.opts.client: -Da='b");

        ScriptRun run = flink.run("taskmanager.sh", "start");

        assertThat(run.exitCode()).isZero();
        assertThat(flink.javaCalls(TASK_MANAGER)).hasSizeLessThanOrEqualTo(1);
        flink.awaitJavaCall(TASK_MANAGER);
    }

    @Test
    void openQuoteDoesNotKeepAServiceFromBeingStopped(FakeInstallation flink) {
        flink.run("taskmanager.sh", "start");
        long pid = flink.awaitJavaCall(TASK_MANAGER).pid();
        flink.configure("env.java.opts.all: -Da='b");

        ScriptRun stop = flink.run("taskmanager.sh", "stop");

        assertThat(stop.exitCode()).isZero();
        assertThat(flink.isRunning(pid)).isFalse();
    }
}
