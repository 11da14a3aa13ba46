// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.source;

import static com.pinterest.flink.overlay.patch.PatchDirectory.MODULE;
import static com.pinterest.flink.overlay.source.UpstreamFixture.FORK_VERSION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.overlay.base.Checksums;
import com.pinterest.flink.overlay.base.JarBuilder;
import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.base.Trees;
import com.pinterest.flink.overlay.graft.PatchedArtifact;
import com.pinterest.flink.overlay.patch.PatchSet;
import com.pinterest.flink.overlay.patchctl.ReleasesFixture;
import com.pinterest.flink.overlay.source.OverlayIndex.Action;
import com.pinterest.flink.overlay.source.OverlayIndex.Change;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Patched files may be in Scala: they become classes among the module's own, beside Java. */
class ScalaOverlayTest {

    private static final String GREETER = "org/apache/flink/demo/Greeter.scala";
    private static final String COUNTER = "org/apache/flink/demo/Counter.java";
    private static final String CLASS = "org/apache/flink/demo/Greeter.class";
    private static final String COMPANION = "org/apache/flink/demo/Greeter$.class";
    private static final String POLITE = "org/apache/flink/demo/Greeter$Polite.class";
    private static final String ANONYMOUS = "org/apache/flink/demo/Greeter$$anon$1.class";
    private static final String PATCH = "demo-greet-warmly.patch";
    private static final String COUNTER_PATCH = "demo-count-twice.patch";
    private static final String OWN = "com/pinterest/flink/demo/Own.java";

    private static final String GREETER_TEXT =
            """
            package org.apache.flink.demo

            import io.client.{Client, Name}

            import scala.collection.JavaConverters._

            class Greeter(counter: Counter) extends java.util.function.Supplier[String] {
              override def get(): String = "cold " + counter.count() + new Polite().title

              def clients: java.util.List[Client] = Seq(new Client(Name.NAME)).asJava

              private class Polite {
                def title: String = " sir"
              }
            }

            object Greeter {
              final val LIMIT = 3

              def create(): Greeter = new Greeter(new Counter())
            }
            """;

    private static final String COUNTER_TEXT =
            """
            package org.apache.flink.demo;

            public class Counter {
                public int count() {
                    return 1;
                }

                public String greet() {
                    return Greeter.create().get();
                }
            }
            """;

    private static final String OWN_TEXT =
            """
            package com.pinterest.flink.demo;

            public class Own {
                public static String warmth(org.apache.flink.demo.Greeter greeter) {
                    return "warm ";
                }
            }
            """;

    /** It calls a class of the module's own, which in turn knows this one. */
    private static final String WARM_TEXT =
            GREETER_TEXT.replace("\"cold \" +", "com.pinterest.flink.demo.Own.warmth(this) +");

    @TempDir private Path root;
    private UpstreamFixture upstream;

    @BeforeEach
    void publishUpstream() throws IOException {
        upstream = publish(root);
    }

    private static UpstreamFixture publish(Path root) throws IOException {
        String shaded = "org/apache/flink/demo/shaded/io/client/";
        String packageLine = "package org.apache.flink.demo.shaded.io.client;\n";
        return new UpstreamFixture(root)
                .file(GREETER, GREETER_TEXT)
                .file(COUNTER, COUNTER_TEXT)
                .file(
                        shaded + "Client.java",
                        packageLine + "public class Client { public Client(String name) {} }\n")
                .file(
                        shaded + "Name.java",
                        packageLine
                                + "public class Name { public static final String NAME = \"\"; }\n")
                .relocate("io.client", "org.apache.flink.demo.shaded.io.client")
                .publish()
                .ownSource(OWN, OWN_TEXT);
    }

    private String greet() throws Exception {
        URL[] path = {upstream.classes().toUri().toURL(), upstream.binaryJar().toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(path, getClass().getClassLoader())) {
            Class<?> greeter = loader.loadClass("org.apache.flink.demo.Greeter");
            return (String) ((Supplier<?>) greeter.getMethod("create").invoke(null)).get();
        }
    }

    @Test
    void aPatchedFileBecomesClassesThatCallTheModulesOwn() throws Exception {
        upstream.patch(PATCH, GREETER, WARM_TEXT);

        assertThat(upstream.apply()).isTrue();
        assertThat(Trees.files(upstream.classes())).containsOnlyKeys(CLASS, COMPANION, POLITE);
        upstream.compile();

        assertThat(greet()).isEqualTo("warm 1 sir");
        assertThat(upstream.sources().resolve(GREETER))
                .content()
                .contains("import org.apache.flink.demo.shaded.io.client.{Client, Name}\n");
    }

    @Test
    void theClassesHaveUpstreamsFormat() throws IOException {
        upstream.patch(PATCH, GREETER, WARM_TEXT);
        upstream.apply();

        byte[] made = Files.readAllBytes(upstream.classes().resolve(CLASS));
        assertThat(made[7]).isEqualTo((byte) 52);
    }

    @Test
    void patchedScalaAndPatchedJavaSeeEachOther() throws Exception {
        String twice = "public int twice() { return Greeter.most() * 2; }";
        upstream.patch(
                        PATCH,
                        GREETER,
                        GREETER_TEXT
                                .replace("count()", "twice()")
                                .replace("def create", "def most(): Int = 21\n\n  def create"))
                .patch(
                        COUNTER_PATCH,
                        COUNTER,
                        COUNTER_TEXT.replace("class Counter {", "class Counter { " + twice));

        upstream.apply();
        upstream.compile();

        assertThat(greet()).isEqualTo("cold 42 sir");
    }

    @Test
    void anErrorNamesPatchFileAndLine() throws IOException {
        upstream.patch(PATCH, GREETER, GREETER_TEXT.replace("counter.count()", "counter.nobody()"));

        assertThatThrownBy(upstream::apply)
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining("patched sources do not compile")
                .hasMessageContaining(PATCH + ": " + upstream.sources().resolve(GREETER) + ":8: ")
                .hasMessageContaining("value nobody is not a member of");
        assertThat(Trees.files(upstream.classes())).isEmpty();
        assertThat(upstream.stamp()).doesNotExist();
    }

    @Test
    void anErrorInTheModulesOwnSourceIsNotLaidToAPatch() throws IOException {
        upstream.patch(PATCH, GREETER, WARM_TEXT)
                .ownSource(OWN, OWN_TEXT.replace("Own {", "Own {{"));

        assertThatThrownBy(upstream::apply)
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining(
                        "(own source): " + upstream.ownSources().resolve(OWN) + ":7: ");
    }

    @Test
    void aSecondRunMakesNothing() throws IOException {
        upstream.patch(PATCH, GREETER, WARM_TEXT);
        upstream.apply();
        FileTime old = FileTime.fromMillis(1_000_000_000_000L);
        Files.setLastModifiedTime(upstream.classes().resolve(CLASS), old);

        assertThat(upstream.apply()).isFalse();
        assertThat(Files.getLastModifiedTime(upstream.classes().resolve(CLASS))).isEqualTo(old);
    }

    /** Scala's classes hold on to signatures of the module's own, which no patch changes. */
    @Test
    void aChangeOfTheModulesOwnSourceMakesThemAnew() throws Exception {
        upstream.patch(PATCH, GREETER, WARM_TEXT);
        upstream.apply();
        upstream.ownSource(
                OWN,
                OWN_TEXT.replace("org.apache.flink.demo.Greeter greeter", "Object greeter")
                        .replace("warm ", "hot "));

        assertThat(upstream.apply()).isTrue();
        upstream.compile();

        assertThat(greet()).isEqualTo("hot 1 sir");
    }

    @Test
    void aDeletedClassIsMadeAnew() throws IOException {
        upstream.patch(PATCH, GREETER, WARM_TEXT);
        upstream.apply();
        Files.delete(upstream.classes().resolve(POLITE));

        assertThat(upstream.apply()).isTrue();
        assertThat(upstream.classes().resolve(POLITE)).exists();
    }

    @Test
    void classesGoWithTheirPatch() throws IOException {
        upstream.patch(PATCH, GREETER, WARM_TEXT)
                .patch(COUNTER_PATCH, COUNTER, COUNTER_TEXT.replace("return 1", "return 2"));
        upstream.apply();
        Files.delete(upstream.patches().resolve(MODULE).resolve(PATCH));
        Files.writeString(
                upstream.patches().resolve(MODULE).resolve("series"), COUNTER_PATCH + "\n");

        assertThat(upstream.apply()).isTrue();
        assertThat(Trees.files(upstream.classes())).isEmpty();
    }

    @Test
    void aClassThatIsGoneFromItsFileGoes() throws IOException {
        upstream.patch(PATCH, GREETER, withAnonymousClass());
        upstream.apply();
        assertThat(upstream.classes().resolve(ANONYMOUS)).exists();

        upstream.patch(PATCH, GREETER, WARM_TEXT);
        upstream.apply();

        assertThat(upstream.classes().resolve(ANONYMOUS)).doesNotExist();
    }

    private static String withAnonymousClass() {
        return WARM_TEXT.replace(
                "def create(): Greeter = new Greeter(new Counter())",
                "def create(): Greeter = new Greeter(new Counter() { override def count() = 5 })");
    }

    @Test
    void equalInputsMakeEqualBytes() throws IOException {
        UpstreamFixture other = publish(root.resolve("another/place"));
        for (UpstreamFixture each : new UpstreamFixture[] {upstream, other}) {
            each.patch(PATCH, GREETER, withAnonymousClass());
            each.apply();
        }

        assertThat(classes(other)).isEqualTo(classes(upstream)).hasSize(4);
    }

    private static Map<String, String> classes(UpstreamFixture upstream) throws IOException {
        Map<String, String> classes = new TreeMap<>();
        for (Map.Entry<String, Path> file : Trees.files(upstream.classes()).entrySet()) {
            classes.put(file.getKey(), Checksums.of("SHA-256", file.getValue()));
        }
        return classes;
    }

    @Test
    void theIndexHasAllClassesOfTheFile() throws IOException {
        upstream.patch(
                PATCH,
                GREETER,
                withAnonymousClass()
                        .replace(
                                "  private class Polite {\n    def title: String = \" sir\"\n  }\n",
                                "")
                        .replace("new Polite().title", "\" madam\""));
        upstream.apply();
        upstream.compile();

        Map<String, Change> changes = upstream.check().changes();

        assertThat(
                        changes.entrySet().stream()
                                .collect(
                                        Collectors.toMap(
                                                Map.Entry::getKey,
                                                entry -> entry.getValue().action())))
                .isEqualTo(
                        Map.of(
                                CLASS, Action.REPLACE,
                                COMPANION, Action.REPLACE,
                                POLITE, Action.DROP,
                                ANONYMOUS, Action.ADD));
        assertThat(changes.values()).allMatch(change -> change.family().equals(GREETER));
    }

    /** Each case changes the first text of the file to the second one, and names its finding. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LIMIT = 3 | LIMIT = 4 | Greeter$.class (PATCH): LIMIT()I changed from [flags 11 signature null throws  constant 3] to",
                "def create(): | def make(): | Greeter.class (PATCH): create()Lorg/apache/flink/demo/Greeter; changed from",
                "def clients: java.util.List[Client] | def clients: java.util.List[_ <: Client] | Greeter.class (PATCH): clients()Ljava/util/List; changed from",
                "object Greeter { | object Greeter extends Serializable { | Greeter$.class (PATCH): header changed from",
                "class Greeter(counter: Counter) | class Greeter(counter: Counter, x: Int = 1) | Greeter.class (PATCH): <init>(Lorg/apache/flink/demo/Counter;)V changed from",
            })
    void whatOthersLinkAgainstStaysAsItIs(String before, String after, String finding)
            throws IOException {
        assertThat(GREETER_TEXT).contains(before);
        upstream.patch(PATCH, GREETER, GREETER_TEXT.replace(before, after));
        upstream.apply();
        upstream.compile();

        assertThatThrownBy(upstream::check)
                .isInstanceOf(OverlayException.class)
                .hasMessageContaining(finding.replace("PATCH", PATCH));
    }

    /** A private method that a function calls is public in byte code, under another name. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "p(1) | Seq(1).map(p).head",
                "p(1) | Seq(1).map(x => p(x) + LIMIT).head",
                "Seq(1).map(p).head | p(1)",
                "new Inner().a(1) | 2",
                "p(1) | { object Local { def a = 5 }; Local.a }",
            })
    void privateMembersAndBodiesMayChange(String before, String after) throws IOException {
        String text =
                """
                package org.apache.flink.demo

                object Helper {
                  final val LIMIT = 3

                  def value: Int = BODY

                  private def p(x: Int): Int = x

                  private class Inner { private def q(x: Int) = x; def a(x: Int) = Seq(x).map(q).head }
                }
                """;
        String helper = "org/apache/flink/demo/Helper.scala";
        upstream.file(helper, text.replace("BODY", before))
                .publish()
                .patch(PATCH, helper, text.replace("BODY", after));
        upstream.apply();
        upstream.compile();

        assertThat(upstream.check().changes()).containsKey("org/apache/flink/demo/Helper$.class");
    }

    @Test
    void aNewMethodOfACompanionIsForwardedByItsClass() throws IOException {
        upstream.patch(
                PATCH, GREETER, GREETER_TEXT.replace("def create", "def most = 4\n\n  def create"));
        upstream.apply();
        upstream.compile();

        assertThat(upstream.check().changes()).containsOnlyKeys(CLASS, COMPANION, POLITE);
    }

    @Test
    void theSourcesJarHasThePatchedFile() throws IOException {
        upstream.patch(PATCH, GREETER, WARM_TEXT);
        Path sources = root.resolve("sources.jar");

        new PatchedArtifact(
                        MODULE,
                        upstream.upstream(),
                        PatchSet.ofBaseLine(upstream.patches()),
                        FORK_VERSION)
                .writeSources(sources);

        assertThat(new String(JarBuilder.read(sources).get(GREETER), StandardCharsets.UTF_8))
                .isEqualTo(WARM_TEXT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "import io.client.Client | import shaded.client.Client",
                "import io.client.{Client => C, Name} | import shaded.client.{Client => C, Name}",
                "'    import io.client._' | '    import shaded.client._'",
                "import io.clients.Client | import io.clients.Client",
            })
    void importsOfARelocatedPackageAreRewritten(String line, String expected) {
        assertThat(SourceOverlay.relocateImport(line, Map.of("io.client", "shaded.client")))
                .isEqualTo(expected);
    }

    @Test
    void aPatchIsEditedInAWorkTreeAndRebased() throws IOException {
        ReleasesFixture releases = new ReleasesFixture(root.resolve("releases-of-scala"));
        String text = "package org.apache.flink.demo\n\nclass Hello {\n  def hello = \"a\"\n}\n";
        String hello = "org/apache/flink/demo/Hello.scala";
        releases.pinned()
                .file(hello, text)
                .publish()
                .patch(PATCH, hello, text.replace("\"a\"", "\"b\""));
        releases.release("1.1", Map.of(hello, "\n" + text));

        releases.run("edit", "demo-greet-warmly");
        Path edited = releases.workTree().resolve(hello);
        Files.writeString(edited, Files.readString(edited).replace("\"b\"", "\"c\""));
        releases.run("rebuild");
        ReleasesFixture.Outcome rebase = releases.run("rebase", "1.1", "--in-place");

        assertThat(rebase.status()).as(rebase.output()).isZero();
        assertThat(rebase.output()).contains("compile: ok, 1 patched sources against 1.1");
        assertThat(releases.series().resolve(PATCH)).content().contains("+  def hello = \"c\"\n");
    }

    @Test
    void aRebasedPatchThatDoesNotCompileIsNamed() throws IOException {
        ReleasesFixture releases = new ReleasesFixture(root.resolve("releases-of-scala"));
        String text =
                "package org.apache.flink.demo\n\nclass Hello extends Named {\n  def hello = \"a\"\n}\n";
        String hello = "org/apache/flink/demo/Hello.scala";
        String named = "org/apache/flink/demo/Named.scala";
        String namedText = "package org.apache.flink.demo\n\nclass Named { def name = \"n\" }\n";
        releases.pinned()
                .file(hello, text)
                .file(named, namedText)
                .publish()
                .patch(PATCH, hello, text.replace("\"a\"", "\"b\" + name"));
        releases.release("1.1", Map.of(hello, text, named, namedText.replace("name", "title")));

        ReleasesFixture.Outcome rebase = releases.run("rebase", "1.1", "--in-place");

        assertThat(rebase.status()).isEqualTo(1);
        assertThat(rebase.output()).contains(PATCH + ": ").contains("Hello.scala:4: not found");
    }

    @Test
    void theCompilerIsUpstreamsVersion() {
        assertThat(Stream.of(ScalaCompiler.identity().split(" ", -1)).findFirst())
                .contains("2.12.20");
    }
}
