// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.table.client.SqlClientException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PathArgumentsTest {

    @TempDir private Path root;

    private Path file;

    @BeforeEach
    void createFile() throws Exception {
        file = Files.createDirectory(root.resolve("a b%20[c]")).resolve("my {file}.sql");
        Files.writeString(file, "SELECT 1;");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-i", "--init", "-f", "--file", "-j", "--jar"})
    void fileIsReachedByAPlainPath(String option) throws Exception {
        for (String value :
                List.of(
                        file.toString(),
                        "file:" + file,
                        "file://" + file,
                        file.toUri().toString())) {
            List<String> arguments =
                    new PathArguments().linkTo(List.of("embedded", option, value, "-s", "a b"));

            assertThat(arguments).hasSize(5).startsWith("embedded", option).endsWith("-s", "a b");
            String path = arguments.get(2);
            assertThat(path).matches("[A-Za-z0-9_./-]+");
            assertThat(Files.readString(Path.of(URI.create("file:" + path))))
                    .isEqualTo("SELECT 1;");
        }
    }

    @Test
    void valueMayStandBehindAnEqualsSign() throws Exception {
        List<String> arguments = new PathArguments().linkTo(List.of("--file=" + file, "-Da=b c"));

        assertThat(arguments).hasSize(3).startsWith("--file").endsWith("-Da=b c");
        assertThat(Path.of(arguments.get(1))).hasContent("SELECT 1;");
    }

    @Test
    void filesOfTheSameNameStayApart() throws Exception {
        Path other = Files.createDirectory(root.resolve("d e")).resolve("my {file}.sql");
        Files.writeString(other, "SELECT 2;");

        List<String> arguments =
                new PathArguments().linkTo(List.of("-i", file.toString(), "-f", other.toString()));

        assertThat(Path.of(arguments.get(1))).hasContent("SELECT 1;");
        assertThat(Path.of(arguments.get(3))).hasContent("SELECT 2;");
    }

    @Test
    void othersStayAsTheyAre() throws Exception {
        List<String> arguments =
                List.of(
                        "gateway",
                        "-e",
                        "a b",
                        "-f",
                        "/no/such.sql",
                        "-i",
                        "http://host/a%20b",
                        "-j",
                        "hdfs://host/a b.jar",
                        "-Dx=a b",
                        "-i",
                        "s.sql",
                        "-f");

        assertThat(new PathArguments().linkTo(arguments)).isEqualTo(arguments);
    }

    @Test
    void jarsOfADirectoryAreReachedByPlainPaths() throws Exception {
        Path jar = Files.writeString(root.resolve("my jar.jar"), "jar");
        Files.writeString(root.resolve("notes.txt"), "no jar");

        List<String> arguments = new PathArguments().linkTo(List.of("-l", root.toString()));

        assertThat(arguments.get(1)).matches("file:[A-Za-z0-9_./-]+");
        try (var files = Files.list(Path.of(URI.create(arguments.get(1))))) {
            assertThat(files)
                    .singleElement()
                    .satisfies(link -> assertThat(link.toRealPath()).isEqualTo(jar.toRealPath()))
                    .satisfies(
                            link -> assertThat(link.toString()).matches("[A-Za-z0-9_./-]+\\.jar"));
        }
    }

    @Test
    void plainDirectoryBecomesAUri() throws Exception {
        Path plain = Files.createDirectory(root.resolve("plain"));

        assertThat(new PathArguments().linkTo(List.of("--library", plain.toString())))
                .containsExactly("--library", plain.toUri().toString());
        assertThat(new PathArguments().linkTo(List.of("-l", plain.toUri().toString())))
                .containsExactly("-l", plain.toUri().toString());
    }

    @Test
    void whatDoesNotExistIsNamed() {
        assertThatThrownBy(() -> new PathArguments().linkTo(List.of("-f", "/no such/file")))
                .isInstanceOf(SqlClientException.class)
                .hasMessage("there is no file '/no such/file', which -f names");
        assertThatThrownBy(() -> new PathArguments().linkTo(List.of("-l", "/no such/directory")))
                .isInstanceOf(SqlClientException.class)
                .hasMessage("there is no directory '/no such/directory', which -l names");
    }
}
