// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Kafka's clients regard as a password gets neither into the log, nor into a plan, nor into an
 * exception, whatever its name.
 */
class SecretsTest {

    private static final String SECRET = "hush-hush";

    /** What Flink does not know to be secret: it belongs into a file. */
    private static final Set<String> NOT_HIDDEN_BY_FLINK =
            Set.of(
                    "sasl.oauthbearer.assertion.private.key.passphrase",
                    "ssl.keystore.certificate.chain",
                    "ssl.keystore.key",
                    "ssl.truststore.certificates");

    @TempDir Path directory;
    private final Configuration configuration = new Configuration();
    private final Log log = new Log();
    private LoggerConfig root;
    private Appender console;
    private Level level;

    @BeforeEach
    void listenToTheLog() {
        LoggerContext context = (LoggerContext) LogManager.getContext(false);
        root = context.getConfiguration().getRootLogger();
        level = root.getLevel();
        console = root.getAppenders().get("console");
        root.removeAppender("console");
        log.start();
        root.addAppender(log, Level.DEBUG, null);
        root.setLevel(Level.DEBUG);
        context.updateLoggers();
    }

    @AfterEach
    void stopListening() {
        root.removeAppender(log.getName());
        root.addAppender(console, null, null);
        root.setLevel(level);
        ((LoggerContext) LogManager.getContext(false)).updateLoggers();
    }

    @Test
    void kafkaHasPasswords() {
        assertThat(passwords()).contains("sasl.jaas.config", "ssl.key.password");
    }

    @Test
    void flinkHidesThem() {
        assertThat(passwords())
                .filteredOn(key -> !GlobalConfiguration.isSensitive(option("sources", key)))
                .containsExactlyInAnyOrderElementsOf(NOT_HIDDEN_BY_FLINK);
        assertThat(passwords()).allMatch(EffectiveOptions::isSecret);
    }

    @Test
    void namedSourcesAndSinksKeepThem() throws Exception {
        // given
        List<String> inFile = new ArrayList<>();
        for (String password : passwords()) {
            for (String kind : List.of("sources", "sinks")) {
                if (NOT_HIDDEN_BY_FLINK.contains(password)) {
                    inFile.add(option(kind, password) + ": " + SECRET);
                } else {
                    configuration.setString(option(kind, password), SECRET);
                }
            }
        }
        Path file = Files.write(directory.resolve("connectors.yaml"), inFile);
        configuration.set(ConnectorsConfiguration.CONFIG, file.toUri().toString());
        for (String kind : List.of("sources", "sinks")) {
            configuration.setString(option(kind, "bootstrap.servers"), "localhost:1");
            configuration.setString(option(kind, "security.protocol"), "SASL_SSL");
        }
        configuration.setString("connectors.sources.in.topic", "topic");
        configuration.setString("connectors.sinks.out.topic", "topic");
        configuration.setString("connectors.sources.in.scan.startup.mode", "earliest-offset");

        // when the job is built, shown, and fails as the passwords mean nothing
        StreamExecutionEnvironment environment = job();
        String plan = environment.getStreamGraph(false).getStreamingPlanAsJSON();
        Throwable failure = catchThrowable(environment::execute);
        configuration.setString("connectors.sources.in.scan.startup.mod", "x");
        Throwable unknown = catchThrowable(this::job);
        configuration.removeKey("connectors.sources.in.scan.startup.mod");
        configuration.setString("connectors.sinks.out.sink.tier", "archive");
        Throwable missing = catchThrowable(this::job);

        // then
        assertThat(plan).contains("in", "out").doesNotContain(SECRET);
        assertKept(failure);
        assertKept(unknown);
        assertKept(missing);
        assertThat(log.messages)
                .anyMatch(message -> message.contains("properties.sasl.jaas.config = ******"))
                .noneMatch(message -> message.contains(SECRET));
    }

    private StreamExecutionEnvironment job() {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        Connectors connectors = Connectors.from(environment);
        connectors
                .sink("out", new SimpleStringSchema())
                .addTo(connectors.source("in", new SimpleStringSchema()).add());
        return environment;
    }

    @Test
    void tablesKeepThem() {
        // given
        TableEnvironment environment =
                TableEnvironment.create(EnvironmentSettings.inStreamingMode());
        for (String password : passwords()) {
            environment
                    .getConfig()
                    .set(
                            "connectors.tables.default_catalog.default_database.t.properties."
                                    + password,
                            SECRET);
        }
        environment.executeSql(
                "CREATE TABLE t (v STRING) WITH ('connector' = 'tiered-kafka', 'topic' = 't',"
                        + " 'properties.bootstrap.servers' = 'localhost:1', 'format' = 'raw',"
                        + " 'scan.startup.mode' = 'earliest-offset')");

        // when, then
        assertThat(environment.explainSql("INSERT INTO t SELECT * FROM t")).doesNotContain(SECRET);
        assertKept(
                catchThrowable(
                        () ->
                                environment.explainSql(
                                        "SELECT * FROM t /*+ OPTIONS('scan.tier' = 'archive') */")));
        assertKept(
                catchThrowable(
                        () ->
                                environment.explainSql(
                                        "SELECT * FROM t /*+ OPTIONS('scan.tir' = 'x') */")));
        assertThat(log.messages).noneMatch(message -> message.contains(SECRET));
    }

    private static void assertKept(Throwable failure) {
        assertThat(failure).isNotNull();
        assertThat(ExceptionUtils.stringifyException(failure)).doesNotContain(SECRET);
    }

    private static String option(String kind, String property) {
        return "connectors."
                + kind
                + (kind.equals("sources") ? ".in" : ".out")
                + ".properties."
                + property;
    }

    private static Set<String> passwords() {
        Set<String> passwords = new TreeSet<>();
        Stream.of(ConsumerConfig.configDef(), ProducerConfig.configDef())
                .flatMap(definition -> definition.configKeys().values().stream())
                .filter(key -> key.type == ConfigDef.Type.PASSWORD)
                .forEach(key -> passwords.add(key.name));
        return passwords;
    }

    /** What is logged. */
    private static final class Log extends AbstractAppender {

        // Threads of the job that has failed may still log while a test reads.
        private final List<String> messages = new CopyOnWriteArrayList<>();

        private Log() {
            super("secrets", null, null, false, Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            messages.add(event.getMessage().getFormattedMessage());
            if (event.getThrown() != null) {
                messages.add(ExceptionUtils.stringifyException(event.getThrown()));
            }
        }
    }
}
