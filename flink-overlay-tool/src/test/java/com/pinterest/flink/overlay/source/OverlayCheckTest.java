// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.source;

import static com.pinterest.flink.overlay.patch.PatchDirectory.MODULE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.overlay.base.JarBuilder;
import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.patch.PatchSeries;
import com.pinterest.flink.overlay.source.OverlayIndex.Action;
import com.pinterest.flink.overlay.source.OverlayIndex.Change;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What classes that are not recompiled rely on is upstream's; all else may change. */
class OverlayCheckTest {

    private static final String SOURCE = "org/apache/flink/demo/Demo.java";
    private static final String PATCH = "demo-change-it.patch";
    private static final String WHERE = "org/apache/flink/demo/Demo.class (" + PATCH + "): ";

    @TempDir private Path root;
    private UpstreamFixture upstream;

    @BeforeEach
    void startUpstream() throws IOException {
        upstream = new UpstreamFixture(root);
    }

    /** Each case changes the first text to the second one in a class, and names its finding. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "public void a() {}          | void b() {}            | a()V changed from [flags 1 ",
                "protected int a() { return 1; } | int b;             | a()I changed from [flags 4 ",
                "void a() {}                 | void b() {}            | a()V changed from [flags 0 ",
                "public Demo(int a) {}       | Demo() {}              | <init>(I)V changed from [flags 1 ",
                "public int a;               | int b;                 | a I changed from [flags 1 ",
                "protected int a;            | int b;                 | a I changed from [flags 4 ",
                "int a;                      | int b;                 | a I changed from [flags 0 ",
                "public int a;               | public long a;         | a I changed from [flags 1 ",
                "public void a(int b) {}     | public void a(long b) {} | a(I)V changed from ",
                "public int a() { return 1; } | public long a() { return 1; } | a()I changed from ",
                "public void a() {}          | void a() {}            | a()V changed from [flags 1 ",
                "public void a() {}          | private void a() {}    | a()V changed from [flags 1 ",
                "public void a() {}          | public final void a() {} | a()V changed from [flags 1 ",
                "public void a() {}          | public static void a() {} | a()V changed from [flags 1 ",
                "public void a() {}          | public void a() throws Exception {} | a()V changed from ",
                "java.util.List<String> a;   | java.util.List<Long> a; | a Ljava/util/List; changed from ",
                "public int a;               | public final int a = 1; | a I changed from [flags 1 ",
                "public static final int A = 1; | public static final int A = 2; | constant 1] to [flags 19 ",
                "static final String A = \"a\"; | static final String A = \"b\"; | constant a] to [flags 18 ",
                "static final int A = 1;     | static final int A = Integer.parseInt(\"1\"); | constant null]",
            })
    void aMemberThatOthersLinkAgainstStaysAsItIs(String before, String after, String finding)
            throws IOException {
        givenClass(
                "public class Demo {\n" + before + "\n}", "public class Demo {\n" + after + "\n}");

        assertThatThrownBy(upstream::check)
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining(WHERE)
                .hasMessageContaining(finding);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "public class Demo {}          | class Demo {}",
                "public class Demo {}          | public final class Demo {}",
                "public class Demo {}          | public abstract class Demo {}",
                "public class Demo {}          | public class Demo extends java.util.Random {}",
                "public class Demo {}          | public class Demo implements Cloneable {}",
                "public class Demo implements Cloneable {} | public class Demo {}",
                "public class Demo<T> {}       | public class Demo<T extends Number> {}",
            })
    void theHeaderOfAClassStaysAsItIs(String before, String after) throws IOException {
        givenClass(before, after);

        assertThatThrownBy(upstream::check)
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining(WHERE + "header changed from [flags ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "private int a() { return 1; } | private long b(int c) { return 2; }",
                "private int a;                | private long b;",
                "private static final int A = 1; | private static final int A = 2;",
                "int a() { return 1; }         | int a() { return 2; }",
                "static final int[] A = {1};   | static final int[] A = {2};",
                "int a() { return 1; }         | int a() { return 1; } public int b() { return 2; }",
                "int a;                        | int a; protected long b;",
                "int a() { return 1; }         | synchronized int a() { return 1; }",
            })
    void privateMembersAndBodiesMayChangeAndMembersMayBeAdded(String before, String after)
            throws IOException {
        givenClass(
                "public class Demo {\n" + before + "\n}", "public class Demo {\n" + after + "\n}");

        OverlayIndex index = upstream.check();

        assertThat(index.changes()).containsOnlyKeys("org/apache/flink/demo/Demo.class");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "public abstract class Demo {}  | public abstract class Demo { abstract void a(int b); }",
                "public abstract class Demo {}  | public abstract class Demo { protected abstract void a(int b); }",
                "public interface Demo {}       | public interface Demo { void a(int b); }",
            })
    void aNewAbstractMethodIsAFinding(String before, String after) throws IOException {
        givenClass(before, after);

        assertThatThrownBy(upstream::check)
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining(WHERE + "a(I)V is a new abstract method");
    }

    @ParameterizedTest
    @ValueSource(strings = {"default void a() {}", "static void a() {}", "int A = 1;"})
    void aNewMemberOfAnInterfaceWithABodyIsNone(String added) throws IOException {
        givenClass("public interface Demo {}", "public interface Demo { " + added + " }");

        assertThatCode(upstream::check).doesNotThrowAnyException();
    }

    @Test
    void anAbstractMethodOfUpstreamIsNone() throws IOException {
        givenClass(
                "public abstract class Demo { abstract void a(); }",
                "public abstract class Demo { abstract void a(); int b; }");

        assertThatCode(upstream::check).doesNotThrowAnyException();
    }

    @Test
    void aNewEnumConstantIsAFinding() throws IOException {
        givenClass("public enum Demo { ONE }", "public enum Demo { ONE, TWO }");

        assertThatThrownBy(upstream::check)
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining(
                        WHERE + "TWO Lorg/apache/flink/demo/Demo; is a new enum constant")
                .message()
                .doesNotContain("ONE");
    }

    @Test
    void aMethodOrAFieldMayBeAddedToAnEnum() throws IOException {
        givenClass(
                "public enum Demo { ONE }",
                "public enum Demo { ONE; static final Demo FIRST = ONE; int a() { return 1; } }");

        assertThatCode(upstream::check).doesNotThrowAnyException();
    }

    @Test
    void aChangedExplicitSerialVersionUidIsAFindingThatSaysUpstreamsValue() throws IOException {
        givenClass(
                serializable("private static final long serialVersionUID = 7L;"),
                serializable("private static final long serialVersionUID = 8L;"));

        assertThatThrownBy(upstream::check)
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining(
                        WHERE + "its serialVersionUID changed; declare upstream's value 7L");
    }

    @Test
    void aRemovedExplicitSerialVersionUidIsAFinding() throws IOException {
        givenClass(
                serializable("private static final long serialVersionUID = 7L;"), serializable(""));

        assertThatThrownBy(upstream::check)
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("declare upstream's value 7L");
    }

    @Test
    void aChangedComputedSerialVersionUidIsAFindingThatSaysUpstreamsValue() throws IOException {
        givenClass(serializable(""), serializable("public void added() {}"));

        assertThatThrownBy(upstream::check)
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining(
                        "its serialVersionUID changed; declare upstream's value "
                                + computedUpstream()
                                + "L");
    }

    @Test
    void theDeclaredValueThatTheFindingAsksForSettlesIt() throws IOException {
        upstream.file(SOURCE, source(serializable(""))).publish();
        String declared =
                "private static final long serialVersionUID = " + computedUpstream() + "L;";
        givenClass(serializable(""), serializable(declared + " public void added() {}"));

        assertThatCode(upstream::check).doesNotThrowAnyException();
    }

    @Test
    void aSerializableSuperclassCountsToo() throws IOException {
        givenClass(
                "public class Demo extends java.util.Random {}",
                "public class Demo extends java.util.Random { public void added() {} }");

        assertThatThrownBy(upstream::check)
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("its serialVersionUID changed");
    }

    @Test
    void theComputedValueOfAClassThatIsNotSerializableMayChange() throws IOException {
        givenClass("public class Demo {}", "public class Demo { public void added() {} }");

        assertThatCode(upstream::check).doesNotThrowAnyException();
    }

    @Test
    void aClassThatTheClassPathLacksIsNamed() throws IOException {
        givenClass("public class Demo {}", "public class Demo { public void added() {} }");
        String emptyClassPath = "";

        assertThatThrownBy(
                        () ->
                                new OverlayCheck(
                                                upstream.classes(),
                                                upstream.upstream(),
                                                upstream.sources(),
                                                emptyClassPath)
                                        .check(
                                                List.of(
                                                        PatchSeries.load(
                                                                upstream.patches(), MODULE)),
                                                Set.of()))
                .isInstanceOf(OverlayException.class)
                .hasMessage("cannot tell whether org.apache.flink.demo.Demo is serializable");
    }

    @Test
    void theIndexSaysWhatBecomesOfEachClassOfTheSource() throws IOException {
        givenClass(
                "public class Demo { private static class Old {} private static class Kept {} }",
                "public class Demo { private static class New {} private static class Kept {} }");
        long demo = upstreamCrc("org/apache/flink/demo/Demo.class");
        long kept = upstreamCrc("org/apache/flink/demo/Demo$Kept.class");
        long old = upstreamCrc("org/apache/flink/demo/Demo$Old.class");

        OverlayIndex index = upstream.check();

        List<String> patches = List.of(PATCH);
        assertThat(index.module()).isEqualTo(MODULE);
        assertThat(index.changes())
                .hasSize(4)
                .containsEntry(
                        "org/apache/flink/demo/Demo.class",
                        new Change(Action.REPLACE, SOURCE, demo, patches))
                .containsEntry(
                        "org/apache/flink/demo/Demo$Kept.class",
                        new Change(Action.REPLACE, SOURCE, kept, patches))
                .containsEntry(
                        "org/apache/flink/demo/Demo$Old.class",
                        new Change(Action.DROP, SOURCE, old, patches))
                .containsEntry(
                        "org/apache/flink/demo/Demo$New.class",
                        new Change(Action.ADD, SOURCE, 0, patches));
    }

    @Test
    void theIndexIsWrittenAmongTheClasses() throws IOException {
        givenClass("public class Demo {}", "public class Demo { int a; }");

        OverlayIndex index = upstream.check();

        String written =
                Files.readString(
                        upstream.classes()
                                .resolve("META-INF/pinterest-overlay/" + MODULE + ".index"));
        assertThat(OverlayIndex.parse(MODULE, written)).isEqualTo(index);
    }

    @Test
    void aPatchedResourceIsReplaced() throws IOException {
        upstream.file("demo.properties", "a=1\n")
                .publish()
                .patch(PATCH, "demo.properties", "a=2\n")
                .apply();
        upstream.compile();
        CRC32 crc = new CRC32();
        crc.update("a=1\n".getBytes(StandardCharsets.UTF_8));

        assertThat(upstream.check().changes())
                .containsOnlyKeys("demo.properties")
                .containsValue(
                        new Change(
                                Action.REPLACE, "demo.properties", crc.getValue(), List.of(PATCH)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "public class Demo { public static class Old {} }",
                "public class Demo { static class Old {} }",
                "public class Demo { protected interface Old {} }",
            })
    void aVanishedClassThatOthersCanNameIsAFinding(String before) throws IOException {
        givenClass(before, "public class Demo {}");

        assertThatThrownBy(upstream::check)
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining(
                        "org/apache/flink/demo/Demo$Old.class (" + PATCH + ") is gone");
    }

    @Test
    void aVanishedTopLevelClassBesideTheFilesOwnIsAFinding() throws IOException {
        givenClass("public class Demo {}\n\nclass Beside {}", "public class Demo {}");

        assertThatThrownBy(upstream::check)
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("org/apache/flink/demo/Beside.class (" + PATCH + ") is gone");
    }

    @Test
    void aVanishedAnonymousClassIsNone() throws IOException {
        givenClass(
                "public class Demo { Object a = new Object() {}; }",
                "public class Demo { Object a; }");

        assertThat(upstream.check().changes().get("org/apache/flink/demo/Demo$1.class").action())
                .isEqualTo(Action.DROP);
    }

    @Test
    void aPatchedSourceThatWasNotCompiledIsAFinding() throws IOException {
        givenClass("public class Demo {}", "public class Demo { int a; }");
        Files.delete(upstream.classes().resolve("org/apache/flink/demo/Demo.class"));

        assertThatThrownBy(upstream::check)
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining(upstream.sources().resolve(SOURCE) + " was not compiled");
    }

    @Test
    void anOwnClassInAnUpstreamPackageMustBeListed() throws IOException {
        upstream.ownSource(
                "org/apache/flink/demo/Own.java",
                "package org.apache.flink.demo;\n\nclass Own { static class Inner {} }\n");
        givenClass("public class Demo {}", "public class Demo { int a; }");

        assertThatThrownBy(upstream::check)
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining(
                        "org/apache/flink/demo/Own.class stands in an upstream package, but no"
                                + " patch made it and patches/upstream-packages.txt does not list"
                                + " it");
        assertThat(upstream.check("org/apache/flink/demo/Own.class").changes())
                .containsOnlyKeys("org/apache/flink/demo/Demo.class");
    }

    @Test
    void noIndexIsWrittenWhenThereAreFindings() throws IOException {
        givenClass("public class Demo { int a; }", "public class Demo {}");

        assertThatThrownBy(upstream::check).isInstanceOf(OverlayException.class);

        assertThat(upstream.classes().resolve("META-INF")).doesNotExist();
    }

    private void givenClass(String before, String after) throws IOException {
        upstream.file(SOURCE, source(before)).publish().patch(PATCH, SOURCE, source(after));
        // Compiled without the tool's first step, which has tests of its own and takes longer.
        Files.createDirectories(upstream.sources().resolve(SOURCE).getParent());
        Files.createDirectories(upstream.resources());
        Files.writeString(upstream.sources().resolve(SOURCE), source(after));
        upstream.compile();
    }

    private static String source(String declarations) {
        return "package org.apache.flink.demo;\n\n" + declarations + "\n";
    }

    private static String serializable(String body) {
        return "public class Demo implements java.io.Serializable {\n" + body + "\n}";
    }

    private long computedUpstream() throws IOException {
        return ClassShape.of(
                        JarBuilder.read(upstream.binaryJar())
                                .get("org/apache/flink/demo/Demo.class"))
                .serialVersionUid();
    }

    private long upstreamCrc(String entry) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(JarBuilder.read(upstream.binaryJar()).get(entry));
        return crc.getValue();
    }
}
