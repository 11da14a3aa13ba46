// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.graft;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.overlay.base.JarBuilder;
import com.pinterest.flink.overlay.base.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The licence texts and notices of all jars, nested ones too, get into the tree once each. */
class LegalFilesTest {

    private static final String LINE = "-".repeat(80);

    @TempDir private Path tree;

    @BeforeEach
    void writeNotice() throws IOException {
        Files.writeString(tree.resolve("NOTICE"), "The distribution\n");
    }

    @Test
    void licenceTextsOfJarsAndNestedJarsAreCollected() throws IOException {
        byte[] nested = new JarBuilder().entry("META-INF/licenses/LICENSE.deep", "deep").bytes();
        new JarBuilder()
                .entry("META-INF/licenses/", "")
                .entry("META-INF/licenses/LICENSE.a", "text a")
                .entry("META-INF/licenses/sub/LICENSE.b", "text b")
                .entry("META-INF/LICENSE", "not collected")
                .entry("nested.jar", nested)
                .write(tree.resolve("lib/one.jar"));

        LegalFiles.collect(tree);

        assertThat(Trees.files(tree.resolve("licenses")))
                .containsOnlyKeys("LICENSE.a", "LICENSE.deep", "sub/LICENSE.b");
        assertThat(tree.resolve("licenses/LICENSE.a")).hasContent("text a");
        assertThat(tree.resolve("licenses/sub/LICENSE.b")).hasContent("text b");
        assertThat(tree.resolve("licenses/LICENSE.deep")).hasContent("deep");
    }

    @Test
    void aTextThatTwoJarsCarryIsKeptOnceAndAnotherOneWithItsJarsName() throws IOException {
        licence("lib/a.jar", "text");
        licence("lib/b.jar", "text");
        licence("opt/c.jar", "other text");
        licence("opt/d.jar", "other text");

        LegalFiles.collect(tree);

        assertThat(Trees.files(tree.resolve("licenses")))
                .containsOnlyKeys("LICENSE.x", "LICENSE.x-c");
        assertThat(tree.resolve("licenses/LICENSE.x")).hasContent("text");
        assertThat(tree.resolve("licenses/LICENSE.x-c")).hasContent("other text");
    }

    @Test
    void noticesFollowTheDistributionsOwnEachWithItsJars() throws IOException {
        notice("lib/a.jar", "Notice one\n");
        notice("lib/b.jar", "Notice two\n");
        notice("opt/c.jar", "\nNotice one");
        new JarBuilder()
                .entry("in.jar", new JarBuilder().entry("META-INF/NOTICE", "Deep").bytes())
                .write(tree.resolve("opt/d.jar"));

        LegalFiles.collect(tree);

        assertThat(Files.readString(tree.resolve("NOTICE")))
                .isEqualTo(
                        String.join(
                                "\n",
                                "The distribution",
                                "",
                                LINE,
                                "Notices of lib/a.jar, opt/c.jar",
                                "",
                                "Notice one",
                                "",
                                LINE,
                                "Notices of lib/b.jar",
                                "",
                                "Notice two",
                                "",
                                LINE,
                                "Notices of opt/d.jar!/in.jar",
                                "",
                                "Deep",
                                ""));
    }

    @Test
    void aTreeWithoutNoticesKeepsItsOwn() throws IOException {
        new JarBuilder().entry("other.txt", "other").write(tree.resolve("lib/a.jar"));

        LegalFiles.collect(tree);

        assertThat(tree.resolve("NOTICE")).hasContent("The distribution\n");
        assertThat(tree.resolve("licenses")).doesNotExist();
    }

    private void licence(String jar, String text) throws IOException {
        new JarBuilder().entry("META-INF/licenses/LICENSE.x", text).write(tree.resolve(jar));
    }

    private void notice(String jar, String text) throws IOException {
        new JarBuilder().entry("META-INF/NOTICE", text).write(tree.resolve(jar));
    }
}
