// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.scripts;

import static com.pinterest.flink.dist.scripts.FakeInstallation.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.configuration.GlobalConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of conf: what is active in them as the official distribution ships them. */
@ExtendWith(FakeInstallationExtension.class)
final class ShippedConfigurationTest {

    @Test
    void filesAreTheOfficialOnes(FakeInstallation flink) throws Exception {
        try (Stream<Path> files = Files.list(flink.conf())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "config.yaml",
                            "log4j.properties",
                            "log4j-cli.properties",
                            "log4j-console.properties",
                            "log4j-session.properties",
                            "logback.xml",
                            "logback-console.xml",
                            "logback-session.xml",
                            "masters",
                            "workers",
                            "zoo.cfg");
        }
        assertThat(text(flink.conf().resolve("masters"))).isEqualTo("localhost:8081\n");
        assertThat(text(flink.conf().resolve("workers"))).isEqualTo("localhost\n");
    }

    @Test
    void activeKeys(FakeInstallation flink) {
        Map<String, String> configuration =
                GlobalConfiguration.loadConfiguration(flink.conf().toString()).toMap();

        Map<String, String> expected = new TreeMap<>();
        for (String key :
                new String[] {
                    "jobmanager.bind-host",
                    "jobmanager.rpc.address",
                    "taskmanager.bind-host",
                    "taskmanager.host",
                    "rest.address",
                    "rest.bind-address"
                }) {
            expected.put(key, "localhost");
        }
        expected.put("jobmanager.rpc.port", "6123");
        expected.put("jobmanager.memory.process.size", "1600m");
        expected.put("jobmanager.execution.failover-strategy", "region");
        expected.put("taskmanager.numberOfTaskSlots", "1");
        expected.put("taskmanager.memory.process.size", "1728m");
        expected.put("parallelism.default", "1");
        expected.put("env.java.opts.all", configuration.get("env.java.opts.all"));
        assertThat(configuration).containsExactlyInAnyOrderEntriesOf(expected);
    }

    @Test
    void javaOptionsOpenTheJdk(FakeInstallation flink) {
        String options =
                GlobalConfiguration.loadConfiguration(flink.conf().toString())
                        .toMap()
                        .get("env.java.opts.all");

        Stream<String> exported =
                Stream.of(
                        "java.base/sun.net.util",
                        "java.rmi/sun.rmi.registry",
                        "jdk.compiler/com.sun.tools.javac.api",
                        "jdk.compiler/com.sun.tools.javac.file",
                        "jdk.compiler/com.sun.tools.javac.parser",
                        "jdk.compiler/com.sun.tools.javac.tree",
                        "jdk.compiler/com.sun.tools.javac.util",
                        "java.security.jgss/sun.security.krb5");
        Stream<String> opened =
                Stream.of(
                        "java.lang",
                        "java.net",
                        "java.io",
                        "java.nio",
                        "sun.nio.ch",
                        "java.lang.reflect",
                        "java.text",
                        "java.time",
                        "java.util",
                        "java.util.concurrent",
                        "java.util.concurrent.atomic",
                        "java.util.concurrent.locks");
        assertThat(options.split(" "))
                .containsExactlyElementsOf(
                        Stream.concat(
                                        exported.map(name -> "--add-exports=" + name),
                                        opened.map(name -> "--add-opens=java.base/" + name))
                                .map(option -> option + "=ALL-UNNAMED")
                                .toList());
    }

    @Test
    void zooKeeper(FakeInstallation flink) throws Exception {
        assertThat(properties(flink, "zoo.cfg"))
                .isEqualTo(
                        Map.of(
                                "tickTime", "2000",
                                "initLimit", "10",
                                "syncLimit", "5",
                                "clientPort", "2181",
                                "server.1", "localhost:2888:3888"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "log4j.properties",
                "log4j-cli.properties",
                "log4j-console.properties",
                "log4j-session.properties"
            })
    void logLevelComesFromTheEnvironment(String file, FakeInstallation flink) throws Exception {
        assertThat(properties(flink, file))
                .containsEntry("monitorInterval", "30")
                .containsEntry("rootLogger.level", "${env:ROOT_LOG_LEVEL:-INFO}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"log4j.properties", "log4j-console.properties"})
    void processesRollTheirLogs(String file, FakeInstallation flink) throws Exception {
        Map<String, String> log4j = properties(flink, file);

        assertThat(log4j)
                .containsEntry("appender.rolling.type", "RollingFile")
                .containsEntry("appender.rolling.fileName", "${sys:log.file}")
                .containsEntry("appender.rolling.filePattern", "${sys:log.file}.%i")
                .containsEntry(
                        "appender.rolling.policies.startup.type", "OnStartupTriggeringPolicy")
                .containsEntry("appender.rolling.policies.size.size", "100MB")
                .containsEntry("appender.rolling.strategy.max", "${env:MAX_LOG_FILE_NUMBER:-10}")
                .containsEntry(
                        "rootLogger.appenderRef.rolling.ref", log4j.get("appender.rolling.name"));
        for (String library : Arrays.asList("pekko", "kafka", "hadoop", "zookeeper")) {
            assertThat(log4j)
                    .containsEntry("logger." + library + ".name", "org.apache." + library)
                    .containsEntry("logger." + library + ".level", "INFO");
        }
        assertThat(log4j.containsKey("rootLogger.appenderRef.console.ref"))
                .isEqualTo(file.equals("log4j-console.properties"));
    }

    @Test
    void consoleCanBeSilenced(FakeInstallation flink) throws Exception {
        assertThat(properties(flink, "log4j-console.properties"))
                .containsEntry("appender.console.filter.threshold.type", "ThresholdFilter")
                .containsEntry(
                        "appender.console.filter.threshold.level", "${sys:console.log.level:-ALL}");
    }

    @Test
    void clientsWriteTheirLogAnew(FakeInstallation flink) throws Exception {
        Map<String, String> log4j = properties(flink, "log4j-cli.properties");

        assertThat(log4j)
                .containsEntry("appender.file.type", "File")
                .containsEntry("appender.file.append", "false")
                .containsEntry("appender.file.fileName", "${sys:log.file}")
                .containsEntry("logger.yarn.name", "org.apache.flink.yarn")
                .containsEntry("logger.kubernetes.name", "org.apache.flink.kubernetes")
                .containsEntry("logger.hadoop.name", "org.apache.hadoop");
        for (String logger : Arrays.asList("yarn", "kubernetes", "hadoop")) {
            assertThat(log4j)
                    .containsEntry("logger." + logger + ".appenderRef.console.ref", "Console");
        }
    }

    @Test
    void sessionClientsWriteToTheConsoleOnly(FakeInstallation flink) throws Exception {
        Map<String, String> log4j = properties(flink, "log4j-session.properties");

        assertThat(log4j)
                .containsEntry("logger.zookeeper.level", "WARN")
                .containsEntry("logger.curator.level", "WARN");
        assertThat(log4j.keySet().stream().filter(key -> key.matches("appender\\.\\w+\\.type")))
                .containsExactly("appender.console.type");
    }

    private static Map<String, String> properties(FakeInstallation flink, String file)
            throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(text(flink.conf().resolve(file))));
        Map<String, String> map = new TreeMap<>();
        properties.stringPropertyNames().forEach(key -> map.put(key, properties.getProperty(key)));
        return map;
    }
}
