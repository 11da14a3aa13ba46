// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Users are told which of their types go through Kryo: by a verb, and in the log of a job. */
final class SerializersIT {

    private static final String ORDER = "OrdersJob$Order.";
    private static final String PROGRAM = "com.example.Program";
    private static final List<Class<?>> JOB_CLASSES =
            List.of(
                    OrdersJob.class,
                    OrdersJob.Order.class,
                    OrdersJob.ToOrder.class,
                    OrdersJob.Delays.class,
                    OrdersJob.DelayTag.class);

    @RegisterExtension
    static final FlinkCluster cluster = FlinkCluster.of(FlinkTree.DISTRIBUTION, 1);

    private static String jar;

    @BeforeAll
    static void compileJob() throws Exception {
        Path directory = cluster.directory("jars");
        jar =
                new Fixtures(directory)
                        .jar(
                                "orders.jar",
                                "",
                                List.of(),
                                JOB_CLASSES,
                                Map.of("Main-Class", OrdersJob.class.getName()),
                                Map.of())
                        .toString();
    }

    // ------------------------------------------------------------------ a job jar

    @Test
    void verbTellsWhatFallsToKryoAndRunsNothing() throws Exception {
        ProcessResult report = serializers(jar).succeeded();

        assertThat(report.stdout())
                .startsWith("4 types of job 'orders' go through Kryo.\n")
                .contains("\n" + ORDER + "id: java.util.UUID\n  used by: delays, ")
                .contains("\n" + ORDER + "items: java.util.ArrayList<java.lang.Long>\n")
                .contains("  why:     it is an implementation class")
                .contains("  fix:     declare it as List")
                .contains("  cost:    measured with a list of 32 longs, Kryo takes ")
                .contains("\nUUID: java.util.UUID\n", "\nDuration: java.time.Duration\n")
                .doesNotContain("main was called");
        assertThat(cluster.flink("list", "-a").succeeded().stdout()).doesNotContain("orders");
    }

    @Test
    void verbSpeaksJson() throws Exception {
        ProcessResult report = serializers("--json", jar).succeeded();

        JsonNode json = new ObjectMapper().readTree(report.stdout());
        assertThat(json.get("subject").asText()).isEqualTo("job 'orders'");
        List<String> paths = new ArrayList<>();
        json.get("fallbacks").forEach(fallback -> paths.add(fallback.get("path").asText()));
        assertThat(paths)
                .containsExactlyInAnyOrder(ORDER + "id", ORDER + "items", "UUID", "Duration");
    }

    @Test
    void verbCanFailABuild() throws Exception {
        String wordCount =
                FlinkTree.DISTRIBUTION
                        .home()
                        .resolve("examples/streaming/WordCount.jar")
                        .toString();

        ProcessResult found = serializers("--fail-on-kryo", jar);
        ProcessResult nothing = serializers("--fail-on-kryo", wordCount).succeeded();

        assertThat(found.exitCode()).as(found.toString()).isEqualTo(1);
        assertThat(found.stdout()).contains(ORDER + "items: ");
        assertThat(nothing.stdout()).isEqualTo("No type of job 'WordCount' goes through Kryo.\n");
    }

    @Test
    void optionsOfRunAreTakenAndSettingsCount() throws Exception {
        ProcessResult report =
                serializers("-d", "-p", "2", "-Dpipeline.force-kryo=true", jar).succeeded();

        assertThat(report.stdout())
                .contains("OrdersJob$Order: " + OrdersJob.Order.class.getName())
                .contains("  fix:     remove pipeline.force-kryo");
    }

    @Test
    void allFallbacksAreListedWhereTheJobForbidsThem() throws Exception {
        ProcessResult report = serializers("-Dpipeline.generic-types=false", jar).succeeded();

        assertThat(report.stdout()).startsWith("4 types of job 'orders' go through Kryo.\n");
    }

    // ------------------------------------------------------------------ classes of a jar

    @Test
    void classesAreLookedAtWithoutMain() throws Exception {
        ProcessResult report =
                serializers(
                                "--type",
                                OrdersJob.Order.class.getName(),
                                "--type",
                                "java.time.LocalDate",
                                jar)
                        .succeeded();

        assertThat(report.stdout())
                .startsWith("3 types of " + OrdersJob.Order.class.getName())
                .contains(ORDER + "id: ", ORDER + "items: ", "LocalDate: java.time.LocalDate")
                .contains("returns(Types.LOCAL_DATE)");
    }

    // ------------------------------------------------------------------ what goes wrong

    @Test
    void helpNeedsNoJar() throws Exception {
        assertThat(serializers("--help").succeeded().stdout())
                .startsWith("Usage: flink serializers ")
                .contains("--type", "--json", "--fail-on-kryo");
    }

    @Test
    void errorsAreNamedAndExitWithTwo() throws Exception {
        assertError("no job jar is given");
        assertError("/nowhere/job.jar does not exist", "/nowhere/job.jar");
        assertError("there is no option --jump", "--jump", jar);
        assertError("there is no class com.example.No in " + jar, "--type", "com.example.No", jar);
        assertError("'com.example.No' was not found in the jar", "-c", "com.example.No", jar);
        assertError(
                "does not have a main(String[]) method",
                "-c",
                OrdersJob.Order.class.getName(),
                jar);
        assertError("option --output is missing", Flights.jar(), "--input", "/nowhere.csv");
        assertError("-py: Python jobs", "-py", "job.py");
    }

    // ------------------------------------------------------------------ what main methods do

    /** The body of a main method that calls the one of the job in its way. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "try { OrdersJob.main(arguments); } finally { System.exit(0); }",
                "try { OrdersJob.main(arguments); } finally { Runtime.getRuntime().exit(3); }",
                "try { OrdersJob.main(arguments); } catch (Throwable e) { }",
                "try { OrdersJob.main(arguments); } catch (Throwable e) { throw new Error(\"no\"); }",
                "while (true) { try { OrdersJob.main(arguments); } catch (Throwable e) { } }",
                "Thread job = new Thread(JOB); job.start(); job.join();",
                "new Thread(JOB).start(); new java.util.concurrent.CountDownLatch(1).await();",
                "java.util.concurrent.Executors.newCachedThreadPool().submit(JOB).get();",
            })
    void reportIsMadeWhateverMainDoesWithIt(String body) throws Exception {
        ProcessResult found = serializers("--fail-on-kryo", program(body));

        assertThat(found.exitCode()).as(found.toString()).isEqualTo(1);
        assertThat(found.stdout())
                .startsWith("4 types of job 'orders' go through Kryo.\n")
                .contains(ORDER + "items: ")
                .doesNotContain("main was called", "flink serializers");
        assertThat(found.stderr()).isEmpty();
    }

    @Test
    void exitAfterExecuteDoesNotFailWhatIsAllowed() throws Exception {
        ProcessResult report =
                serializers(
                        program("try { OrdersJob.main(arguments); } finally { System.exit(3); }"));

        assertThat(report.succeeded().stdout()).startsWith("4 types of job 'orders' go");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "System.exit(0);                 # ended by System.exit, called at %s.main(",
                "System.exit(3);                 # ended by System.exit, called at %s.main(",
                "Runtime.getRuntime().exit(1);   # ended by System.exit, called at %s.main(",
                "Thread t = new Thread(() -> System.exit(0)); t.start(); t.join();"
                        + "                      # ended by System.exit, called at %s.lambda",
                "Runtime.getRuntime().halt(0);   # the JVM ended with exit code 0 before a report",
                "Runtime.getRuntime().halt(1);   # the JVM ended with exit code 1 before a report",
                "Runtime.getRuntime().halt(2);   # the JVM ended with exit code 2 before a report",
                "try { OrdersJob.main(arguments); } finally { Runtime.getRuntime().halt(0); }"
                        + "                      # the JVM ended with exit code 0 before a report",
                ";                               # execute() was not called",
                "System.out.println(\"nothing to do\");  # it printed:",
                "throw new IllegalStateException(\"no luck\");  # main method caused an error: no luck",
                "throw new StackOverflowError();  # java.lang.StackOverflowError",
            })
    void noReportIsAnErrorWhateverMainDoes(String body, String message) throws Exception {
        ProcessResult result = serializers("--fail-on-kryo", program(body));

        assertThat(result.exitCode()).as(result.toString()).isEqualTo(2);
        assertThat(result.stdout()).isEmpty();
        assertThat(result.stderr())
                .startsWith("flink serializers: ")
                .containsOnlyOnce("flink serializers: ")
                .contains(message.replace("%s", PROGRAM));
    }

    @Test
    void threadThatMainDoesNotWaitForIsNamed() throws Exception {
        ProcessResult result =
                serializers(
                        program(
                                "new Thread(() -> { while (true) { "
                                        + "java.util.concurrent.locks.LockSupport.park(); } },"
                                        + " \"later\").start();"));

        assertThat(result.exitCode()).as(result.toString()).isEqualTo(2);
        assertThat(result.stderr())
                .contains("execute() was not called", "main has to wait", "execute(): later");
    }

    @Test
    void reportThatCannotBeWrittenIsAnError() throws Exception {
        ProcessResult result =
                serializers(
                        program(
                                "new java.io.FileOutputStream(java.io.FileDescriptor.out).close();"
                                        + " OrdersJob.main(arguments);"));

        assertThat(result.exitCode()).as(result.toString()).isEqualTo(2);
        assertThat(result.stderr()).contains("the report cannot be written");
    }

    /** Makes a jar with the job and a main method of this body. */
    private static String program(String body) throws Exception {
        return new Fixtures(cluster.directory("jars"))
                .jar(
                        "program.jar",
                        Map.of(
                                PROGRAM,
                                """
                                package com.example;
                                import com.pinterest.flink.dist.it.OrdersJob;
                                public class Program {
                                    private static final Runnable JOB = () -> {
                                        try {
                                            OrdersJob.main(new String[0]);
                                        } catch (Exception e) {
                                            throw new IllegalStateException(e);
                                        }
                                    };
                                    public static void main(String[] arguments) throws Exception {
                                        %s
                                    }
                                }
                                """
                                        .formatted(body)),
                        JOB_CLASSES,
                        Map.of("Main-Class", PROGRAM),
                        Map.of())
                .toString();
    }

    private static void assertError(String message, String... arguments) throws Exception {
        ProcessResult result = serializers(arguments);

        assertThat(result.exitCode()).as(result.toString()).isEqualTo(2);
        assertThat(result.stderr()).startsWith("flink serializers: ").containsOnlyOnce(message);
        assertThat(result.stdout()).isEmpty();
    }

    private static ProcessResult serializers(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("serializers"));
        all.addAll(List.of(arguments));
        // Not the cluster's flink(), which would name the cluster: none is needed.
        return cluster.installation().run("flink", all.toArray(new String[0]));
    }

    // ------------------------------------------------------------------ a job that starts

    @Test
    void jobManagerLogsItOnceAJob() throws Exception {
        // when a job with fallbacks and one without run
        cluster.flink("run", jar).succeeded();
        cluster.flink(
                        "run",
                        FlinkTree.DISTRIBUTION
                                .home()
                                .resolve("examples/streaming/WordCount.jar")
                                .toString())
                .succeeded();

        // then the first has one line, with all that one needs
        assertThat(cluster.installation().log("standalonesession").lines())
                .filteredOn(line -> line.contains("through Kryo"))
                .singleElement()
                .asString()
                .contains("INFO")
                .contains("4 types of job 'orders' go through Kryo: ")
                .contains(ORDER + "items: java.util.ArrayList<java.lang.Long> (it is an impl")
                .contains("fix: declare it as List", "cost: measured with a list of 32 longs");
    }
}
