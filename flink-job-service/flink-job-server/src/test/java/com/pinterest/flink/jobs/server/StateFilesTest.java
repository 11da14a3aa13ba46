// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.pinterest.flink.jobs.protocol.Finding;
import com.pinterest.flink.jobs.protocol.JobKey;
import com.pinterest.flink.jobs.protocol.SavepointEntry;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** States of a run in files like those of Flink. */
final class StateFilesTest {

    @TempDir private Path directory;

    private final StateFiles files = new StateFiles(new Storages(Optional.empty()));
    private Path checkpoints;
    private Path savepoints;

    @BeforeEach
    void makeRoots() throws IOException {
        checkpoints = Files.createDirectories(directory.resolve("checkpoints"));
        Files.createDirectories(directory.resolve("savepoints"));
        savepoints = directory.resolve("savepoints/ads/flights/1");
    }

    private Finding<String> newest() {
        return files.newest("file://" + checkpoints, "run", "file://" + savepoints, List.of());
    }

    static void write(Path state, long number, long millis) throws IOException {
        Files.createDirectories(state);
        Path metadata = state.resolve("_metadata");
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(metadata))) {
            out.writeInt(0x4960672d);
            out.writeInt(6);
            out.writeLong(number);
        }
        Files.setLastModifiedTime(metadata, FileTime.fromMillis(millis));
    }

    @Test
    void savepointOfWhichNobodyHasHeardIsFound() throws IOException {
        write(checkpoints.resolve("run/chk-3"), 3, 2_000);
        write(savepoints.resolve("operation-0/savepoint-1"), 4, 1_000);

        assertThat(newest().value()).isEqualTo("file:" + savepoints + "/operation-0/savepoint-1");
    }

    @Test
    void numberDecidesWhichIsNewestNotTheTimeOfItsEnd() throws IOException {
        write(savepoints.resolve("operation-0/savepoint-1"), 3, 9_000);
        write(checkpoints.resolve("run/chk-4"), 4, 8_000);
        write(checkpoints.resolve("other/chk-7"), 7, 9_000);

        assertThat(newest().value()).isEqualTo("file:" + checkpoints + "/run/chk-4");
    }

    @Test
    void directoryOfSavepointsNeedNotExistIfNobodyAskedForOne() throws IOException {
        write(checkpoints.resolve("run/chk-4"), 4, 8_000);
        Files.delete(directory.resolve("savepoints"));

        assertThat(newest().isUnknown()).isTrue();
        assertThat(files.newest("file://" + checkpoints, "run", "", List.of()).value())
                .isEqualTo("file:" + checkpoints + "/run/chk-4");
    }

    @Test
    void runWithoutStateHasNone() {
        assertThat(newest().isNo()).isTrue();
    }

    private static SavepointEntry entry(Path path, String operation) {
        return new SavepointEntry(
                new JobKey("ads", "flights"), 1, "file:" + path, operation, Instant.EPOCH);
    }

    @Test
    void savepointIsDeletedWithItsDirectoryAndNothingElse() throws IOException {
        // given
        Path first = savepoints.resolve("a-0/savepoint-1");
        Path second = savepoints.resolve("b-0/savepoint-2");
        Path elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("file"), "stays");
        write(first, 1, 1_000);
        write(second, 2, 2_000);
        Files.createSymbolicLink(first.resolve("link"), elsewhere);

        // when
        Finding<String> deleted = files.delete(entry(first, "a"));

        // then
        assertThat(deleted.isYes()).as(deleted.detail()).isTrue();
        assertThat(first.getParent()).doesNotExist();
        assertThat(second).exists();
        assertThat(elsewhere.resolve("file")).exists();
        assertThat(files.delete(entry(first, "a")).isYes()).isTrue();
    }

    @Test
    void whatTheOperationHasNotAskedForIsNotDeleted() throws IOException {
        Path savepoint = savepoints.resolve("a-0/savepoint-1");
        write(savepoint, 1, 1_000);
        Path link = savepoints.resolve("c-0");
        Files.createDirectories(link);
        Files.createSymbolicLink(link.resolve("savepoint-1"), savepoint);

        for (SavepointEntry entry :
                List.of(
                        entry(savepoint, "b"),
                        entry(savepoints, "a"),
                        entry(savepoint.resolve("../savepoint-1"), "a"),
                        entry(checkpoints, "a"),
                        entry(link.resolve("savepoint-1"), "c"))) {
            assertThat(files.delete(entry).isNo()).as(entry.toString()).isTrue();
        }
        assertThat(savepoint.resolve("_metadata")).exists();

        Files.move(directory.resolve("savepoints"), directory.resolve("not-mounted"));
        assertThat(files.delete(entry(savepoint, "a")).isUnknown()).isTrue();
    }

    @Test
    void whatCannotBeReadIsNotTakenForNothing() throws IOException {
        Files.createDirectories(checkpoints.resolve("run/chk-1"));
        Files.writeString(checkpoints.resolve("run/chk-1/_metadata"), "cut");
        assertThat(newest().isUnknown()).isTrue();

        Files.delete(checkpoints.resolve("run/chk-1/_metadata"));
        assertThat(newest().isNo()).isTrue();

        Files.delete(directory.resolve("savepoints"));
        assertThat(newest().isUnknown()).isTrue();
        assertThat(files.newest("", "run", "s3://bucket/ads/flights/1", List.of()).isUnknown())
                .isTrue();
    }
}
