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

/** Users are told which of their types go through Kryo: by a verb, and in the log of a job. */
final class SerializersIT {

    private static final String ORDER = "OrdersJob$Order.";

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
                                List.of(
                                        OrdersJob.class,
                                        OrdersJob.Order.class,
                                        OrdersJob.ToOrder.class,
                                        OrdersJob.Delays.class,
                                        OrdersJob.DelayTag.class),
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
                .contains("  mend:    declare it as List")
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
                .contains("  mend:    leave out pipeline.force-kryo");
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
                .contains("mend: declare it as List", "cost: measured with a list of 32 longs");
    }
}
