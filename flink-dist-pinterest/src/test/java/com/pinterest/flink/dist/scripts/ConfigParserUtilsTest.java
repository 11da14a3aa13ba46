// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.GlobalConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** config-parser-utils.sh, with the options that container images give it. */
@ExtendWith(FakeInstallationExtension.class)
final class ConfigParserUtilsTest {

    private static final String[] IMAGE_OPTIONS = {
        "-repKV", "rest.address,localhost,0.0.0.0",
        "-repKV", "rest.bind-address,localhost,0.0.0.0",
        "-repKV", "jobmanager.bind-host,localhost,0.0.0.0",
        "-repKV", "taskmanager.bind-host,localhost,0.0.0.0",
        "-rmKV", "taskmanager.host=localhost",
    };

    @Test
    void resultReplacesTheFile(FakeInstallation flink) {
        flink.configure("rest:", "  address: 0.0.0.0", "  text: |", "    two", "    lines");

        ScriptRun run = run(flink);

        assertThat(run).isEqualTo(new ScriptRun(0, "", ""));
        assertThat(flink.conf().resolve("config.yaml"))
                .hasContent("rest:\n  address: 0.0.0.0\n  text: |\n    two\n    lines\n");
        Call call = flink.calls("java").get(0);
        assertThat(call.mainClass()).endsWith(".BashJavaUtils");
        assertThat(call.classPath())
                .isEqualTo(
                        flink.bin().resolve("bash-java-utils.jar")
                                + ":"
                                + flink.lib().resolve("flink-dist-2.3.0.jar"));
        assertThat(call.programArguments())
                .startsWith(
                        "UPDATE_AND_GET_FLINK_CONFIGURATION",
                        "--configDir",
                        flink.conf().toString())
                .endsWith(IMAGE_OPTIONS)
                .doesNotContain("-flatten");
    }

    @Test
    void failureLeavesTheFile(FakeInstallation flink) {
        String before = FakeInstallation.text(flink.conf().resolve("config.yaml"));
        flink.breakConfiguration();

        ScriptRun run = run(flink);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stderr()).contains("[ERROR]", "line 7 is not YAML");
        assertThat(flink.conf().resolve("config.yaml")).hasContent(before);
    }

    @Test
    void resultReloadsWithTheSameKeys(FakeInstallation flink) {
        flink.useConfigurationTool();
        Map<String, String> expected = new TreeMap<>(load(flink));
        for (String key :
                List.of(
                        "rest.address",
                        "rest.bind-address",
                        "jobmanager.bind-host",
                        "taskmanager.bind-host")) {
            assertThat(expected.put(key, "0.0.0.0")).isEqualTo("localhost");
        }
        assertThat(expected.remove("taskmanager.host")).isEqualTo("localhost");

        ScriptRun first = run(flink);
        Map<String, String> loaded = load(flink);
        // There is nothing left to replace.
        ScriptRun second = run(flink);

        assertThat(first).isEqualTo(new ScriptRun(0, "", ""));
        assertThat(loaded).isEqualTo(expected);
        assertThat(second).isEqualTo(first);
        assertThat(load(flink)).isEqualTo(expected);
    }

    @Test
    void fileThatCannotBeWrittenIsAnError(FakeInstallation flink) {
        FakeInstallation.delete(flink.conf().resolve("config.yaml"));
        flink.directory("flink home/conf/config.yaml");

        ScriptRun run = run(flink);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.stderr()).contains("[ERROR] Cannot write", flink.conf() + "/config.yaml");
    }

    private static Map<String, String> load(FakeInstallation flink) {
        return GlobalConfiguration.loadConfiguration(flink.conf().toString()).toMap();
    }

    private static ScriptRun run(FakeInstallation flink) {
        String[] arguments = new String[3 + IMAGE_OPTIONS.length];
        arguments[0] = flink.conf().toString();
        arguments[1] = flink.bin().toString();
        arguments[2] = flink.lib().toString();
        System.arraycopy(IMAGE_OPTIONS, 0, arguments, 3, IMAGE_OPTIONS.length);
        return flink.run("config-parser-utils.sh", arguments);
    }
}
