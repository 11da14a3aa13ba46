// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report tells new failures from known ones, holds the floors, and wants patched classes. */
class ConformanceReportTest {

    private static final String MODULE = "flink-demo";

    /** Four tests: one good, one skipped, one failure, one error with a parameter. */
    private static final String MIXED =
            """
            <testsuite name="org.demo.MixedTest" tests="4">
              <testcase name="good" classname="org.demo.MixedTest" time="0.1"/>
              <testcase name="later" classname="org.demo.MixedTest"><skipped/></testcase>
              <testcase name="wrong" classname="org.demo.MixedTest">
                <failure message="expected 1&#10;but was 2" type="E">trace</failure>
              </testcase>
              <testcase name="broken{int}[2]" classname="org.demo.MixedTest">
                <error message="no such file" type="E">trace</error>
              </testcase>
            </testsuite>
            """;

    private final Properties floors = new Properties();

    @TempDir private Path directory;
    private Path target;

    @BeforeEach
    void runHasPatchedClasses() throws IOException {
        target = directory.resolve(MODULE).resolve("target");
        write("patched-loaded/1.txt", "org.demo.Patched file:/x/conformance/target/patched/\n");
        Files.writeString(directory.resolve("known.tsv"), "# comment\n");
    }

    @Test
    void failuresAreNewUnlessTheyAreKnown() throws IOException {
        write("surefire-reports/TEST-org.demo.MixedTest.xml", MIXED);
        known("flink-demo\torg.demo.MixedTest\twrong\tknown\tfails on the official release\n");

        ConformanceReport report = report(false);
        String text = report.render(List.of(MODULE));

        assertThat(text)
                .contains("NEW flink-demo org.demo.MixedTest.broken: no such file")
                .doesNotContain("MixedTest.wrong")
                .endsWith(String.format("conformance: 3 run, 1 new failures, 1 known%n"));
        assertThat(report.isGood()).isFalse();
    }

    @Test
    void runWithKnownFailuresOnlyIsGood() throws IOException {
        write("surefire-reports/TEST-org.demo.MixedTest.xml", MIXED);
        known("flink-demo\torg.demo.MixedTest\t*\tflaky\tdepends on the machine\n");

        ConformanceReport report = report(false);

        assertThat(report.render(List.of(MODULE))).contains("0 new failures, 2 known");
        assertThat(report.isGood()).isTrue();
    }

    @Test
    void aTestThatSucceedsWhenRepeatedIsFlakyAndNoFailure() throws IOException {
        write(
                "surefire-reports/TEST-org.demo.FlakyTest.xml",
                """
                <testsuite name="org.demo.FlakyTest">
                  <testcase name="sometimes" classname="org.demo.FlakyTest">
                    <flakyFailure message="too slow" type="E">trace</flakyFailure>
                  </testcase>
                </testsuite>
                """);

        ConformanceReport report = report(false);

        assertThat(report.render(List.of(MODULE)))
                .contains("FLAKY flink-demo org.demo.FlakyTest.sometimes", "0 new failures");
        assertThat(report.isGood()).isTrue();
    }

    @Test
    void fewerExecutedTestsThanTheFloorAreAProblem() throws IOException {
        write("surefire-reports/TEST-org.demo.MixedTest.xml", MIXED);
        known("flink-demo\torg.demo.MixedTest\t*\tflaky\tdepends on the machine\n");
        floors.setProperty(MODULE, "4");

        ConformanceReport report = report(false);

        assertThat(report.render(List.of(MODULE))).contains("executed 3 tests, the floor is 4");
        assertThat(report.isGood()).isFalse();
    }

    @Test
    void aPatchedClassFromElsewhereIsAProblem() throws IOException {
        write(
                "surefire-reports/TEST-org.demo.GoodTest.xml",
                "<testsuite name=\"org.demo.GoodTest\"/>");
        write("patched-loaded/2.txt", "org.demo.Patched file:/m2/flink-runtime-2.3.0.jar\n");

        ConformanceReport report = report(false);

        assertThat(report.render(List.of(MODULE)))
                .contains("ran upstream's org.demo.Patched from file:/m2/flink-runtime-2.3.0.jar");
        assertThat(report.isGood()).isFalse();
    }

    @Test
    void aRunWithoutPatchedClassesIsAProblemExceptOnTheTwin() throws IOException {
        write(
                "surefire-reports/TEST-org.demo.GoodTest.xml",
                "<testsuite name=\"org.demo.GoodTest\"/>");
        Files.delete(target.resolve("patched-loaded/1.txt"));

        ConformanceReport ours = report(false);
        ConformanceReport twin = report(true);

        assertThat(ours.render(List.of(MODULE))).contains("loaded no patched class");
        assertThat(ours.isGood()).isFalse();
        assertThat(twin.render(List.of(MODULE))).doesNotContain("PROBLEM");
        assertThat(twin.isGood()).isTrue();
    }

    @Test
    void aClassThatRanAgainGetsANewLineAndOthersStay() throws IOException {
        Path results = directory.resolve("results.tsv");
        Files.writeString(
                results,
                """
                flink-demo\torg.demo.MixedTest\t9\t9\t9\told
                flink-other\torg.demo.MixedTest\t1\t0\t0\told
                """);
        write("surefire-reports/TEST-org.demo.MixedTest.xml", MIXED);

        report(false).record(List.of(MODULE), "abc");

        assertThat(results)
                .hasContent(
                        """
                        flink-demo\torg.demo.MixedTest\t3\t1\t2\tabc
                        flink-other\torg.demo.MixedTest\t1\t0\t0\told
                        """);
    }

    @Test
    void aKnownFailureNeedsAReason() throws IOException {
        known("flink-demo\torg.demo.MixedTest\t*\tflaky\t\n");

        assertThatThrownBy(() -> report(false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("known.tsv:1")
                .hasMessageContaining("reason");
    }

    private ConformanceReport report(boolean twin) throws IOException {
        return new ConformanceReport(
                directory,
                Path.of("target"),
                twin,
                KnownFailures.read(directory.resolve("known.tsv")),
                floors);
    }

    private void known(String lines) throws IOException {
        Files.writeString(directory.resolve("known.tsv"), lines);
    }

    private void write(String name, String text) throws IOException {
        Path file = target.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
