// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.jobs.server.Artifacts.BadArtifactException;
import com.pinterest.flink.jobs.store.JobDatabase;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ArtifactsTest {

    private static final String CONTENT = Jars.text("and so on");

    @TempDir private Path directory;

    private static ByteArrayInputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    @Test
    void contentIsStoredUnderItsDigest() throws Exception {
        Artifacts artifacts = new Artifacts(directory, 200);
        String digest = JobDatabase.sha256(CONTENT);

        artifacts.put(digest, stream(CONTENT));

        assertThat(artifacts.contains(digest)).isTrue();
        assertThat(artifacts.file(digest)).hasContent(CONTENT);
    }

    @Test
    void otherContentLargeContentAndNoJarAreRefusedWithoutATrace() throws Exception {
        Artifacts artifacts = new Artifacts(directory, 120);
        String digest = JobDatabase.sha256(CONTENT);
        String large = Jars.text("x".repeat(21));

        assertThatThrownBy(() -> artifacts.put(digest, stream(Jars.text("other"))))
                .isInstanceOf(BadArtifactException.class);
        assertThatThrownBy(() -> artifacts.put(JobDatabase.sha256(large), stream(large)))
                .isInstanceOf(BadArtifactException.class)
                .hasMessageContaining("120");
        assertThatThrownBy(() -> artifacts.put(JobDatabase.sha256("text"), stream("text")))
                .isInstanceOf(BadArtifactException.class)
                .hasMessageContaining("jar");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    /** A jar with one entry, which may say of itself what it is not. */
    private static byte[] jar(String name, long bytes) throws Exception {
        ByteArrayOutputStream jar = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(jar)) {
            zip.putNextEntry(new ZipEntry(name));
            byte[] zeros = new byte[1 << 20];
            for (long left = bytes; left > 0; left -= zeros.length) {
                zip.write(zeros, 0, (int) Math.min(left, zeros.length));
            }
        }
        return jar.toByteArray();
    }

    private static String put(Artifacts artifacts, byte[] jar) throws Exception {
        String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(jar));
        artifacts.put(digest, new ByteArrayInputStream(jar));
        return digest;
    }

    @Test
    void bombIsRefusedAlsoIfItLiesAboutItsSize() throws Exception {
        // given
        Artifacts artifacts = new Artifacts(directory, 1 << 20);
        byte[] bomb = jar("lib/a.jar", 150L << 20);
        byte[] lie = bomb.clone();
        // The sizes that the directory of the archive gives.
        ByteBuffer.wrap(lie)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(lie.length - 22 - "lib/a.jar".length() - 46 + 24, 7);

        // then
        assertThat(bomb.length).isLessThan(200_000);
        assertThatThrownBy(() -> put(artifacts, bomb))
                .isInstanceOf(BadArtifactException.class)
                .hasMessageContaining("bomb");
        assertThatThrownBy(() -> put(artifacts, lie)).isInstanceOf(BadArtifactException.class);
        assertThat(artifacts.file(put(artifacts, jar("lib/a.jar", 50L << 20)))).exists();
    }

    @Test
    void entryThatLeadsOutOfTheJarAndBrokenJarAreRefused() throws Exception {
        Artifacts artifacts = new Artifacts(directory, 1 << 20);

        for (String name : new String[] {"../a", "a/../../b", "..\\a"}) {
            assertThatThrownBy(() -> put(artifacts, jar(name, 1)))
                    .isInstanceOf(BadArtifactException.class)
                    .hasMessageContaining("leads out");
        }
        assertThatThrownBy(() -> put(artifacts, "PK\3\4 and nothing else".getBytes(UTF_8)))
                .isInstanceOf(BadArtifactException.class)
                .hasMessageContaining("not a jar");
    }

    @Test
    void nameThatIsNoDigestIsRefused() throws Exception {
        Artifacts artifacts = new Artifacts(directory, 20);

        assertThatThrownBy(() -> artifacts.file("../../etc/passwd"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
