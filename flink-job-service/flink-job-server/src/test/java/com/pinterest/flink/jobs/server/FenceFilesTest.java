// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.pinterest.flink.jobs.protocol.Cluster.Start;
import com.pinterest.flink.jobs.protocol.ClusterException;
import com.pinterest.flink.jobs.protocol.JobKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FenceFilesTest {

    @TempDir private Path directory;

    private final FenceFiles fences = new FenceFiles(new Storages(Optional.empty()));

    private void raise(long epoch, String run) throws ClusterException {
        fences.raise(
                "file://" + directory,
                new Start(new JobKey("ads", "flights"), epoch, run, "", null, ""));
    }

    @Test
    void fenceIsOnlyEverRaised() throws Exception {
        raise(1, "aa");
        raise(1, "aa");
        raise(3, "cc");
        assertThat(directory.resolve("ads/flights")).hasContent("3 cc");

        for (String run : new String[] {"bb", "cc"}) {
            assertThatThrownBy(() -> raise(2, run))
                    .asInstanceOf(InstanceOfAssertFactories.type(ClusterException.class))
                    .matches(ClusterException::isRejected)
                    .hasToString(
                            ClusterException.class.getName()
                                    + ": the fence file:"
                                    + directory
                                    + "/ads/flights is at \"3 cc\": does another job service have"
                                    + " this job?");
        }
        assertThatThrownBy(() -> raise(3, "dd")).hasMessageContaining("another job service");
        assertThat(directory.resolve("ads")).isDirectoryNotContaining("glob:**/.*");
    }

    @Test
    void whatIsNoFenceIsNotReplaced() throws Exception {
        Files.createDirectories(directory.resolve("ads"));
        Files.writeString(directory.resolve("ads/flights"), "nonsense");

        assertThatThrownBy(() -> raise(1, "aa"))
                .asInstanceOf(InstanceOfAssertFactories.type(ClusterException.class))
                .matches(e -> !e.isRejected());
        assertThat(directory.resolve("ads/flights")).hasContent("nonsense");
    }

    /** As where a file is not replaced as a whole. */
    @Test
    void fenceThatWasWrittenInPartIsWrittenAgain() throws Exception {
        Files.createDirectories(directory.resolve("ads"));
        Path fence = directory.resolve("ads/flights");
        for (String part : new String[] {"", "1", "12", "12 ", "12 a"}) {
            Files.writeString(fence, part);
            raise(12, "aa");
            assertThat(fence).hasContent("12 aa");
        }
        Files.writeString(fence, "12 b");
        assertThatThrownBy(() -> raise(12, "aa")).hasMessageContaining("another job service");
    }

    @Test
    void directoryThatIsNotSharedIsRefused() {
        Start start = new Start(new JobKey("ads", "flights"), 1, "aa", "", null, "");
        assertThatThrownBy(() -> fences.raise("s3://bucket/fences", start))
                .hasMessageContaining("job-guard.directory is s3://bucket/fences");
    }
}
