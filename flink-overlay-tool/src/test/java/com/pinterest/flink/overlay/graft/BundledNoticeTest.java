// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.graft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.graft.Assembly.Artifact;
import com.pinterest.flink.overlay.graft.BundledNotice.Dependency;
import java.util.List;
import org.cyclonedx.model.License;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The notices of fat jars tell what the jars bundle, and under which licences. */
class BundledNoticeTest {

    @Test
    void dependenciesStandBelowTheirLicenceAndModulesAboveTheirCopyright() {
        BundledNotice notice =
                BundledNotice.parse(
                        """
                        Flink : Demo
                        Copyright 2014-2026 The Apache Software Foundation

                        This project bundles the following
                        dependencies under the MIT License.

                        - a.b:c-d:1.0
                        - e:f_2.12:2.0-jre:linux-x86_64 (https://example.org)

                        Under another licence:
                        - g:h:3
                        - not coordinates
                        - https://example.org:8080:1 either

                        flink-other\r
                        Copyright 2020 The Apache Software Foundation
                        """);

        assertThat(notice.modules()).containsExactly("Flink : Demo", "flink-other");
        String mit = "This project bundles the following dependencies under the MIT License.";
        assertThat(notice.dependencies())
                .isEqualTo(
                        List.of(
                                new Dependency(new Artifact("a.b", "c-d", "1.0", null), mit),
                                new Dependency(
                                        new Artifact("e", "f_2.12", "2.0-jre", "linux-x86_64"),
                                        mit),
                                new Dependency(
                                        new Artifact("g", "h", "3", null),
                                        "Under another licence:")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    the Apache Software License 2.0. (http://www.apache.org/licenses/LICENSE-2.0.txt) | Apache-2.0
                    the MIT (https://opensource.org/licenses/MIT)                                     | MIT
                    BSD-2 License (https://opensource.org/licenses/BSD-2-Clause). See bundled files.  | BSD-2-Clause
                    the Some Words (https://opensource.org/licenses/MIT)                              | MIT
                    the Creative Commons CC0 "No Rights Reserved".                                    | CC0-1.0
                    """)
    void licencesGetTheirSpdxId(String words, String id) {
        assertThat(BillOfMaterials.license("These are bundled under " + words))
                .map(License::getId)
                .contains(id);
    }

    @Test
    void aLicenceWithoutAnIdKeepsItsName() {
        License license =
                BillOfMaterials.license(
                                "This is bundled under the Go License (https://golang.org/LICENSE)."
                                        + " See bundled license files for details.")
                        .orElseThrow();

        assertThat(license.getId()).isNull();
        assertThat(license.getName()).isEqualTo("Go License");
        assertThat(license.getUrl()).isEqualTo("https://golang.org/LICENSE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "flink-other Copyright 2026 The Apache Software Foundation"})
    void aParagraphWithoutALicenceNamesNone(String paragraph) {
        assertThat(BillOfMaterials.license(paragraph)).isEmpty();
    }

    @Test
    void namesOfModulesAreTurnedIntoArtifactIds() {
        assertThat(FlinkModules.artifactId("Flink : Table : API Scala", "x"))
                .isEqualTo("flink-table-api-scala_2.12");
        assertThat(FlinkModules.artifactId("flink-python", "x")).isEqualTo("flink-python");
        assertThatThrownBy(() -> FlinkModules.artifactId("Flink : New", "the notice of x.jar"))
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("the notice of x.jar names the module \"Flink : New\"")
                .hasMessageContaining("add it to FlinkModules");
    }
}
