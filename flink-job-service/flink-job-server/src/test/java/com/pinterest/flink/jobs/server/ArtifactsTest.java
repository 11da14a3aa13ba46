// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.jobs.server.Artifacts.BadArtifactException;
import com.pinterest.flink.jobs.store.JobDatabase;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ArtifactsTest {

    private static final String CONTENT = "PK\3\4 and so on";

    @TempDir private Path directory;

    private static ByteArrayInputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    @Test
    void contentIsStoredUnderItsDigest() throws Exception {
        Artifacts artifacts = new Artifacts(directory, 100);
        String digest = JobDatabase.sha256(CONTENT);

        artifacts.put(digest, stream(CONTENT));

        assertThat(artifacts.contains(digest)).isTrue();
        assertThat(artifacts.file(digest)).hasContent(CONTENT);
    }

    @Test
    void otherContentLargeContentAndNoJarAreRefusedWithoutATrace() throws Exception {
        Artifacts artifacts = new Artifacts(directory, 20);
        String digest = JobDatabase.sha256(CONTENT);
        String large = CONTENT + "x".repeat(20);

        assertThatThrownBy(() -> artifacts.put(digest, stream("PK\3\4 other")))
                .isInstanceOf(BadArtifactException.class);
        assertThatThrownBy(() -> artifacts.put(JobDatabase.sha256(large), stream(large)))
                .isInstanceOf(BadArtifactException.class)
                .hasMessageContaining("20");
        assertThatThrownBy(() -> artifacts.put(JobDatabase.sha256("text"), stream("text")))
                .isInstanceOf(BadArtifactException.class)
                .hasMessageContaining("jar");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void nameThatIsNoDigestIsRefused() throws Exception {
        Artifacts artifacts = new Artifacts(directory, 20);

        assertThatThrownBy(() -> artifacts.file("../../etc/passwd"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
