// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.jobs.store.JobDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jars on the file systems of Flink, over a driver that is a script and copies them from a
 * directory. {@code SecurityTest} has those on web servers.
 */
final class RemoteArtifactsTest {

    private static final String JAR = Jars.text("a jar");
    private static final String DIGEST = JobDatabase.sha256(JAR);

    private static final String SCRIPT =
            """
            cd "$0"
            while read -r number command file target bytes; do
                file=$(base64 -d <<< "$file")
                target=$(base64 -d <<< "$target")
                bytes=$(base64 -d <<< "$bytes")
                if [[ -f ${file##*/} ]]; then
                    head -c "$bytes" "${file##*/}" > "$target"
                    echo "$number OK"
                else
                    echo "$number MISSING"
                fi
            done
            """;

    @TempDir private Path directory;
    private Driver driver;
    private Artifacts artifacts;
    private RemoteArtifacts remote;

    @BeforeEach
    void open() throws Exception {
        Files.writeString(directory.resolve("flights.jar"), JAR);
        artifacts = new Artifacts(directory.resolve("artifacts"), JAR.length() + 10);
        driver =
                new Driver(
                        List.of("bash", "-c", SCRIPT, directory.toString()),
                        directory.resolve("log"),
                        Duration.ofMinutes(5));
        remote = new RemoteArtifacts(artifacts, Set.of(), Optional.of(driver));
    }

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void jarIsCopiedAndChecked() throws Exception {
        String address = "s3://bucket/jars/flights.jar#sha256=" + DIGEST;

        assertThat(remote.fetch(address, DIGEST)).isEqualTo(JAR.length());

        assertThat(artifacts.file(DIGEST)).hasContent(JAR);
        assertThat(directory.resolve("artifacts")).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void whatIsNotThisJarIsRefusedAndNotKept() throws Exception {
        Files.writeString(directory.resolve("large.jar"), JAR + "more than 10");
        String other = "b".repeat(64);

        assertThatThrownBy(() -> remote.fetch("s3://bucket/flights.jar", other))
                .hasMessageContaining("the content has the SHA-256 " + DIGEST);
        assertThatThrownBy(() -> remote.fetch("hdfs:///large.jar", other))
                .hasMessageContaining("the jar is larger than");
        assertThatThrownBy(() -> remote.fetch("hdfs:///none.jar", other))
                .hasMessageContaining("there is no file hdfs:///none.jar");
        assertThatThrownBy(
                        () ->
                                new RemoteArtifacts(artifacts, Set.of(), Optional.empty())
                                        .fetch("hdfs:///none.jar", other))
                .hasMessageContaining("does not run in a distribution");
        assertThat(directory.resolve("artifacts")).isEmptyDirectory();
    }

    @Test
    void filesOfTheHostAreNotRemote() {
        for (String address : List.of("https://a/b", "s3://a/b", "hdfs:///a", "s3a+x://a")) {
            assertThat(RemoteArtifacts.isRemote(address)).as(address).isTrue();
        }
        for (String address : List.of("file:///a", "artifact://a@sha256:b", "a.jar", "/a.jar")) {
            assertThat(RemoteArtifacts.isRemote(address)).as(address).isFalse();
        }
    }
}
