// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.apache.flink.annotation.Internal;
import org.junit.jupiter.api.Test;

/** Dependencies between modules run one way, and each module keeps to the Flink that it may use. */
class ArchitectureTest {

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("com.pinterest.flink");

    @Test
    void classesOfTheModulesAreSeen() {
        assertThat(CLASSES.contain("com.pinterest.flink.overlay.Main")).isTrue();
        assertThat(CLASSES.contain("com.pinterest.flink.examples.flights.FlightDelays")).isTrue();
        assertThat(CLASSES.contain("com.pinterest.flink.jobs.protocol.OperationRunner")).isTrue();
    }

    @Test
    void dependenciesRunOneWay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true)
                .layer("features")
                .definedBy("com.pinterest.flink.features..")
                .layer("serialization")
                .definedBy("com.pinterest.flink.serialization..")
                .layer("runtime")
                .definedBy("com.pinterest.flink.runtime..")
                .layer("scheduler")
                .definedBy("com.pinterest.flink.scheduler..")
                .layer("table")
                .definedBy("com.pinterest.flink.table..")
                .layer("connector")
                .definedBy("com.pinterest.flink.connector..")
                .layer("examples")
                .definedBy("com.pinterest.flink.examples..")
                .layer("jobs")
                .definedBy("com.pinterest.flink.jobs..")
                .layer("overlay")
                .definedBy("com.pinterest.flink.overlay..")
                .layer("outermost")
                .definedBy("com.pinterest.flink.dist..", "com.pinterest.flink.benchmarks..")
                .whereLayer("features")
                .mayNotAccessAnyLayer()
                .whereLayer("serialization")
                .mayOnlyAccessLayers("features")
                .whereLayer("runtime")
                .mayOnlyAccessLayers("serialization", "features")
                .whereLayer("scheduler")
                .mayOnlyAccessLayers("runtime", "serialization", "features")
                .whereLayer("table")
                .mayOnlyAccessLayers("runtime", "serialization", "features")
                .whereLayer("connector")
                .mayNotAccessAnyLayer()
                .whereLayer("examples")
                .mayOnlyAccessLayers("connector")
                .whereLayer("jobs")
                .mayNotAccessAnyLayer()
                .whereLayer("overlay")
                .mayNotAccessAnyLayer()
                .whereLayer("outermost")
                .mayNotBeAccessedByAnyLayer()
                .check(CLASSES);
    }

    @Test
    void areasHaveNoCycles() {
        slices().matching("com.pinterest.flink.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void packagesOfTheOverlayToolDependOneWay() {
        String tool = "com.pinterest.flink.overlay";
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("base")
                .definedBy(tool + ".base")
                .layer("patch")
                .definedBy(tool + ".patch")
                .layer("source")
                .definedBy(tool + ".source")
                .layer("graft")
                .definedBy(tool + ".graft")
                .layer("worktree")
                .definedBy(tool + ".worktree")
                .layer("release")
                .definedBy(tool + ".release")
                .layer("patchctl")
                .definedBy(tool + ".patchctl")
                .layer("main")
                .definedBy(tool)
                .whereLayer("base")
                .mayNotAccessAnyLayer()
                .whereLayer("patch")
                .mayOnlyAccessLayers("base")
                .whereLayer("source")
                .mayOnlyAccessLayers("patch", "base")
                .whereLayer("graft")
                .mayOnlyAccessLayers("source", "patch", "base")
                .whereLayer("worktree")
                .mayOnlyAccessLayers("source", "patch", "base")
                .whereLayer("release")
                .mayOnlyAccessLayers("worktree", "source", "patch", "base")
                .whereLayer("patchctl")
                .mayOnlyAccessLayers("release", "worktree", "source", "patch", "base")
                .whereLayer("main")
                .mayOnlyAccessLayers("graft", "source", "patch", "base")
                .ensureAllClassesAreContainedInArchitecture()
                .check(CLASSES.that(resideInAPackage(tool + "..")));
    }

    @Test
    void jobServiceDependsOneWay() {
        String jobs = "com.pinterest.flink.jobs";
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("protocol")
                .definedBy(jobs + ".protocol")
                .layer("store")
                .definedBy(jobs + ".store")
                .layer("server")
                .definedBy(jobs + ".server")
                .layer("cli")
                .definedBy(jobs + ".cli")
                .layer("driver")
                .definedBy(jobs + ".driver")
                .whereLayer("protocol")
                .mayNotAccessAnyLayer()
                .whereLayer("store")
                .mayOnlyAccessLayers("protocol")
                .whereLayer("server")
                .mayOnlyAccessLayers("store", "protocol")
                .whereLayer("cli")
                .mayNotAccessAnyLayer()
                .whereLayer("driver")
                .mayNotAccessAnyLayer()
                .ensureAllClassesAreContainedInArchitecture()
                .check(CLASSES.that(resideInAPackage(jobs + "..")));
    }

    @Test
    void jobServiceKnowsNoFlinkClassAndItsProtocolOnlyTheJdk() {
        noClasses()
                .that()
                .resideInAPackage("com.pinterest.flink.jobs..")
                .and()
                .resideOutsideOfPackage("com.pinterest.flink.jobs.driver")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.flink..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("com.pinterest.flink.jobs.protocol..")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("com.pinterest.flink.jobs.protocol..", "java..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAPackage("com.pinterest.flink.jobs.protocol..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "java.sql..")
                .check(CLASSES);
    }

    @Test
    void overlayToolKnowsNoFlinkClass() {
        noClasses()
                .that()
                .resideInAPackage("com.pinterest.flink.overlay..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.flink..")
                .check(CLASSES);
    }

    @Test
    void examplesKeepToTheApiForUsers() {
        noClasses()
                .that()
                .resideInAPackage("com.pinterest.flink.examples..")
                .should()
                .dependOnClassesThat()
                .areAnnotatedWith(Internal.class)
                .check(CLASSES);
    }
}
