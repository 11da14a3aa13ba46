// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.scripts;

import static com.pinterest.flink.dist.scripts.FakeInstallation.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.configuration.GlobalConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** migrate-config-file.sh: config.yaml from the flink-conf.yaml of Flink 1.x. */
@ExtendWith(FakeInstallationExtension.class)
final class MigrateConfigFileTest {

    private static final String LEGACY =
            """
            # comment
            jobmanager.rpc.address: master-1   # the first
              taskmanager.numberOfTaskSlots:  4
            not a pair
            no.space:value

            rest.url: http://host:8081/#/overview
            pattern: a: b
            io.tmp.dirs: /disk1;/disk2
            flag: true
            quoted: "x"
            env.log.max: 1
            env.log.max: 2
            """;

    @Test
    void legacyRulesDecideWhatIsRead(FakeInstallation flink) {
        flink.useConfigurationTool();
        flink.hosts("flink-conf.yaml", LEGACY);

        ScriptRun run = flink.run("migrate-config-file.sh");

        assertThat(run.exitCode()).isZero();
        assertThat(run.stderr()).isEmpty();
        assertThat(run.stdout().lines().filter(line -> line.startsWith("WARN")))
                .satisfiesExactly(
                        line -> assertThat(line).contains("flink-conf.yaml:4:"),
                        line -> assertThat(line).contains("flink-conf.yaml:5:"));
        assertThat(GlobalConfiguration.loadConfiguration(flink.conf().toString()).toMap())
                .isEqualTo(
                        Map.of(
                                "jobmanager.rpc.address", "master-1",
                                "taskmanager.numberOfTaskSlots", "4",
                                "rest.url", "http://host:8081/",
                                "pattern", "a: b",
                                "io.tmp.dirs", "/disk1;/disk2",
                                "flag", "true",
                                "quoted", "\"x\"",
                                "env.log.max", "2"));
        assertThat(text(flink.conf().resolve("config.yaml"))).contains("flag: 'true'");
        assertThat(text(flink.conf().resolve("flink-conf.yaml"))).isEqualTo(LEGACY);
    }

    @Test
    void resultOfTheToolBecomesTheFile(FakeInstallation flink) throws Exception {
        Path conf = flink.directory("other conf");
        flink.set("FLINK_CONF_DIR", conf.toString());
        Files.writeString(conf.resolve("flink-conf.yaml"), "a.b: c\n");
        flink.configure("a:", "  b: c");

        ScriptRun run = flink.run("migrate-config-file.sh");

        assertThat(run.exitCode()).isZero();
        assertThat(run.stdout())
                .contains(
                        conf.resolve("flink-conf.yaml").toString(),
                        "INFO [] - reading",
                        "Wrote '" + conf.resolve("config.yaml"));
        assertThat(text(conf.resolve("config.yaml"))).isEqualTo("a:\n  b: c\n");
        assertThat(flink.calls("java"))
                .singleElement()
                .satisfies(
                        call ->
                                assertThat(call.classPath())
                                        .isEqualTo(
                                                flink.bin().resolve("bash-java-utils.jar")
                                                        + ":"
                                                        + flink.lib()
                                                                .resolve("flink-dist-2.3.0.jar")),
                        call ->
                                assertThat(call.programArguments())
                                        .containsExactly(
                                                "MIGRATE_LEGACY_FLINK_CONFIGURATION_TO_STANDARD_YAML",
                                                "--configDir",
                                                conf.toString()));
    }

    @Test
    void failureWritesNothing(FakeInstallation flink) {
        flink.hosts("flink-conf.yaml", LEGACY);
        String before = text(flink.conf().resolve("config.yaml"));
        flink.breakConfiguration();

        ScriptRun run = flink.run("migrate-config-file.sh");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stderr()).contains("[ERROR]", "line 7 is not YAML");
        assertThat(text(flink.conf().resolve("config.yaml"))).isEqualTo(before);
    }

    @Test
    void fileThatIsNotThereIsNamed(FakeInstallation flink) {
        ScriptRun run = flink.run("migrate-config-file.sh");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stderr())
                .contains("[ERROR]", flink.conf().resolve("flink-conf.yaml").toString());
        assertThat(flink.calls("java")).isEmpty();
    }

    @Test
    void javaHomeOfTheLegacyFileIsUsed(FakeInstallation flink) throws Exception {
        Path jdk = flink.directory("my jdk");
        Files.copy(
                flink.directory("programs").resolve("java"),
                flink.directory("my jdk/bin").resolve("java"));
        flink.removeProgram("java");
        flink.hosts("flink-conf.yaml", "env.java.home: " + jdk + " # 17\n");

        ScriptRun run = flink.run("migrate-config-file.sh");

        assertThat(run.exitCode()).isZero();
        assertThat(flink.calls("java").get(0).environment())
                .containsEntry("JAVA_RUN", jdk + "/bin/java");
    }
}
