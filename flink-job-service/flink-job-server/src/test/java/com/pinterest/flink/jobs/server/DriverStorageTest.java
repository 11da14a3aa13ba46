// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.jobs.protocol.Finding;
import com.pinterest.flink.jobs.server.Storage.NoAnswerException;
import com.pinterest.flink.jobs.server.Storage.UnsupportedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service over drivers that are scripts: what they answer, and that they end or hang. */
final class DriverStorageTest {

    private static final Duration LONG = Duration.ofMinutes(5);

    @TempDir private Path directory;
    private Driver driver;
    private DriverStorage storage;

    private DriverStorage driver(String script, Duration timeout) {
        driver = new Driver(List.of("bash", "-c", script), directory.resolve("log"), timeout);
        storage = new DriverStorage(driver);
        return storage;
    }

    @AfterEach
    void close() {
        driver.close();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    /** A driver that gives one answer to all. */
    private DriverStorage answering(String answer) {
        return driver(
                "while read -r number request; do echo \"$number " + answer + "\"; done", LONG);
    }

    @Test
    void answersBecomeEntriesBytesAndErrors() throws Exception {
        assertThat(
                        answering("OK " + base64("d 0 chk-1") + " " + base64("f 12 a file"))
                                .list("s3://bucket/a"))
                .contains(
                        List.of(
                                new Storage.Entry("chk-1", true, 0),
                                new Storage.Entry("a file", false, 12)));
        close();
        assertThat(answering("OK " + base64("text")).read("s3://bucket/a", 4).orElseThrow())
                .asString()
                .isEqualTo("text");
        close();
        assertThat(answering("MISSING").list("s3://bucket/a")).isEmpty();
        close();
        assertThatThrownBy(() -> answering("ERROR " + base64("no right")).delete("s3://bucket/a"))
                .hasMessage("no right");
        close();
        assertThatThrownBy(() -> answering("UNSUPPORTED " + base64("which?")).list("gs://a/b"))
                .isInstanceOf(UnsupportedException.class)
                .hasMessage("which?");
    }

    @Test
    void requestIsALineOfBase64() throws Exception {
        // The driver sends the request back, as the content of the file.
        driver("read -r number request; echo \"$number OK $(base64 -w 0 <<< \"$request\")\"", LONG);

        assertThat(storage.read("s3://bucket/a b\nc", 7).orElseThrow())
                .asString()
                .isEqualTo("READ " + base64("s3://bucket/a b\nc") + " " + base64("7") + "\n");
    }

    @Test
    void driverThatEndsIsNoAnswer() {
        driver("read -r request; echo 'no memory' >&2; exit 1", LONG);

        assertThatThrownBy(() -> storage.list("s3://bucket/a"))
                .isInstanceOf(NoAnswerException.class)
                .hasMessageContaining("the driver has ended")
                .hasMessageEndingWith("ends with: no memory");
        assertThatThrownBy(() -> storage.list("s3://bucket/a"))
                .isInstanceOf(NoAnswerException.class);
    }

    @Test
    void driverThatHangsIsEnded() throws Exception {
        driver("exec sleep 600", Duration.ofMillis(1));

        assertThatThrownBy(() -> storage.list("s3://bucket/a"))
                .isInstanceOf(NoAnswerException.class)
                .hasMessageStartingWith("the driver has not answered");
        assertThat(driver.ends(Duration.ofMinutes(1))).isTrue();
    }

    @Test
    void withoutAnAnswerNothingIsConcluded() {
        driver("exit 1", LONG);
        StateFiles files = new StateFiles(new Storages(Optional.of(storage)));

        for (Finding<String> finding :
                List.of(
                        files.stored("s3://bucket/ads/flights/1/a-0"),
                        files.newest("s3://bucket/c", "run", "s3://bucket/s", List.of()),
                        files.writable("s3://bucket/s"))) {
            assertThat(finding.isUnknown()).as(finding.toString()).isTrue();
        }
        assertThat(files.stored("relative").isUnknown()).isTrue();
    }
}
