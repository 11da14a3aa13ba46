// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A job with POJOs in its state goes to and fro between the official release and here by
 * savepoints, while its jar gets other versions of the POJOs. At each stop all of its state is what
 * a model of it says.
 */
final class PojoStateCompatibilityIT {

    @RegisterExtension static final FlinkCluster ours = FlinkCluster.of(FlinkTree.DISTRIBUTION, 1);

    @RegisterExtension static final FlinkCluster twin = FlinkCluster.of(FlinkTree.TWIN, 1);

    private static final Map<PojoStateJar, Path> JARS = new TreeMap<>();

    @BeforeAll
    static void makeJars() throws IOException {
        for (PojoStateJar jar : PojoStateJar.values()) {
            JARS.put(jar, jar.in(ours.directory("jars")));
        }
    }

    @Test
    void heapStateTravels() throws Exception {
        travel("hashmap", "canonical");
    }

    @Test
    void rocksDbStateTravels() throws Exception {
        travel("rocksdb", "canonical");
    }

    @Test
    void rocksDbStateInNativeFormatTravels() throws Exception {
        travel("rocksdb", "native");
    }

    private static void travel(String backend, String format) throws Exception {
        try (Journey journey = new Journey(backend, format)) {
            journey.stop(twin, PojoStateJar.FIRST, 4 * PojoStateJob.KEYS);
            // Half of the keys at most: the state of the others goes on as it was read.
            int numbers = PojoStateJob.KEYS / 2;
            journey.stop(ours, PojoStateJar.FIRST, numbers);
            journey.stop(twin, PojoStateJar.FIRST, numbers);
            journey.stop(ours, PojoStateJar.SECOND, numbers);
            journey.stop(twin, PojoStateJar.SECOND, numbers);
            journey.stop(ours, PojoStateJar.FIRST, numbers);
            journey.stop(twin, PojoStateJar.FIRST, numbers);
        }
    }

    /** A job on its way, and the model of its state. */
    private static final class Journey implements AutoCloseable {

        private final String backend;
        private final String format;
        private final Path directory;
        private final List<URLClassLoader> loaders = new ArrayList<>();
        private final Map<Integer, Account> accounts = new TreeMap<>();

        private Optional<String> savepoint = Optional.empty();
        private int stops;
        private long next;
        private List<NumberedPojo> operatorState = new ArrayList<>();

        Journey(String backend, String format) throws IOException {
            this.backend = backend;
            this.format = format;
            this.directory = ours.directory(backend + "-" + format);
            for (int key = 0; key < PojoStateJob.KEYS; key++) {
                accounts.put(key, new Account());
            }
        }

        /** Lets the job go on somewhere with so many numbers, and stops it with a savepoint. */
        void stop(FlinkCluster cluster, PojoStateJar jar, int numbers) throws Exception {
            long first = next;
            next += numbers;
            stops++;
            Path output = Files.createDirectories(directory.resolve(stops + "-" + jar.name()));
            JobManagerRest rest = cluster.rest();

            // when
            String job =
                    rest.run(
                            rest.upload(JARS.get(jar)),
                            List.of(output.toString(), Long.toString(first), Long.toString(next)),
                            2,
                            savepoint,
                            Map.of(
                                    "state.backend.type",
                                    backend,
                                    "restart-strategy.type",
                                    "disable"));
            Map<String, String> expected = expected(jar, first);
            Await.until(
                    "all state of " + job,
                    () ->
                            FlinkTree.files(output, "[!.]*").size() == expected.size()
                                    || rest.state(job).equals("FAILED"));
            assertThat(rest.state(job)).isEqualTo("RUNNING");
            List<String> codecs = Jvm.of(cluster.installation(), "taskexecutor").pojosWithCodec();
            savepoint = Optional.of(rest.stop(job, directory.resolve("savepoints"), format));
            cluster.awaitState(job, "FINISHED");

            // then
            assertThat(contents(output)).as("stop %d, %s", stops, jar).isEqualTo(expected);
            assertThat(cluster.checkpoints(job, "restored")).isEqualTo(stops == 1 ? 0 : 1);
            if (cluster == ours) {
                assertThat(codecs)
                        .contains(
                                PojoStateJob.CUSTOMER,
                                PojoStateJob.ORDER,
                                PojoStateJob.ADDRESS,
                                PojoStateJob.BRANCH);
            } else {
                assertThat(codecs).isEmpty();
            }
        }

        private static Map<String, String> contents(Path output) throws IOException {
            Map<String, String> contents = new TreeMap<>();
            for (Path file : FlinkTree.files(output, "[!.]*")) {
                contents.put(file.getFileName().toString(), Files.readString(file));
            }
            return contents;
        }

        // ------------------------------------------------------------------ model

        /** What the job has to write, the numbers up to the next one included. */
        private Map<String, String> expected(PojoStateJar jar, long first)
                throws IOException, ReflectiveOperationException {
            URL[] jars = {JARS.get(jar).toUri().toURL()};
            URLClassLoader loader = new URLClassLoader(jars, NumberedPojo.class.getClassLoader());
            loaders.add(loader);
            operatorState = migrated(operatorState, loader);
            for (Account account : accounts.values()) {
                account.migrate(loader);
            }
            for (long number = first; number < next; number++) {
                accounts.get(PojoStateJob.key(number)).add(number, loader);
                if (PojoStateJob.isInOperatorState(number)) {
                    operatorState.add(pojo(PojoStateJob.ORDER, number, loader));
                }
            }
            Map<String, String> expected = new TreeMap<>();
            expected.put(PojoStateJob.OPERATOR_STATE, PojoStateJob.lines(operatorState));
            for (Map.Entry<Integer, Account> account : accounts.entrySet()) {
                NumberedPojo key = pojo(PojoStateJob.CUSTOMER, account.getKey(), loader);
                expected.put(account.getKey().toString(), account.getValue().text(key));
            }
            return expected;
        }

        private static NumberedPojo pojo(String name, long number, ClassLoader loader)
                throws ReflectiveOperationException {
            return ((NumberedPojo) loader.loadClass(name).getDeclaredConstructor().newInstance())
                    .fill(number);
        }

        private static List<NumberedPojo> migrated(List<NumberedPojo> pojos, ClassLoader loader)
                throws ReflectiveOperationException {
            List<NumberedPojo> migrated = new ArrayList<>();
            for (NumberedPojo pojo : pojos) {
                migrated.add(pojo.migrated(loader));
            }
            return migrated;
        }

        @Override
        public void close() throws IOException {
            for (URLClassLoader loader : loaders) {
                loader.close();
            }
        }

        /** The state of a key: in the order of time, the last one being the value. */
        private static final class Account {

            private final Map<String, Integer> map = new TreeMap<>();
            private List<NumberedPojo> list = new ArrayList<>();

            void add(long number, ClassLoader loader) throws ReflectiveOperationException {
                map.put(PojoStateJob.mapKey(number), list.size());
                list.add(pojo(PojoStateJob.ORDER, number, loader));
            }

            void migrate(ClassLoader loader) throws ReflectiveOperationException {
                list = migrated(list, loader);
            }

            String text(NumberedPojo key) {
                Map<String, NumberedPojo> entries = new TreeMap<>();
                map.forEach((mapKey, position) -> entries.put(mapKey, list.get(position)));
                return PojoStateJob.text(key, list.get(list.size() - 1), list, entries);
            }
        }
    }
}
