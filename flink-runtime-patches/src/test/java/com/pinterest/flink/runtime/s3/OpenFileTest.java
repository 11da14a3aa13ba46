// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.runtime.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.Random;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.RecoverableFsDataOutputStream;
import org.apache.flink.core.fs.RecoverableWriter;
import org.apache.flink.core.fs.RecoverableWriter.ResumeRecoverable;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.fs.s3native.NativeS3FileSystemFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files in S3 that are open at a checkpoint, and are written on after a failure. */
@Timeout(600)
class OpenFileTest {

    private static final int PART = 5 << 20;

    private final Random random = new Random(7);
    private final org.apache.flink.core.fs.Path file =
            new org.apache.flink.core.fs.Path("s3://bucket/part-0");
    @TempDir private Path directory;
    private S3Endpoint endpoint;
    private FileSystem fileSystem;

    @BeforeEach
    void openFileSystem() throws Exception {
        endpoint = new S3Endpoint();
        Configuration configuration = new Configuration();
        configuration.setString("io.tmp.dirs", directory.toString());
        configuration.setString("s3.endpoint", endpoint.url());
        configuration.setString("s3.access-key", "access");
        configuration.setString("s3.secret-key", "secret");
        configuration.setString("s3.region", "us-east-1");
        configuration.setString("s3.path-style-access", "true");
        configuration.setString("s3.async.enabled", "false");
        configuration.setString("s3.chunked-encoding.enabled", "false");
        configuration.setString("s3.checksum-validation.enabled", "false");
        configuration.setString("s3.upload.min.part.size", Integer.toString(PART));
        NativeS3FileSystemFactory factory = new NativeS3FileSystemFactory();
        factory.configure(configuration);
        fileSystem = factory.create(URI.create("s3://bucket"));
    }

    @AfterEach
    void closeEndpoint() {
        endpoint.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void fileHasAllBytesAfterAFailure(boolean closes) throws Exception {
        // given: a checkpoint of a file with a part and the start of the next one
        byte[] part = bytes(PART);
        byte[] tail = bytes(1000);
        RecoverableFsDataOutputStream open = writer().open(file);
        open.write(part);
        open.write(tail);
        ResumeRecoverable checkpoint = open.persist();
        open.write(bytes(300));
        // and: a task that failed, or a TaskManager that was killed
        if (closes) {
            open.close();
        }

        // when
        RecoverableFsDataOutputStream resumed = writer().recover(restored(checkpoint));
        assertThat(resumed.getPos()).isEqualTo(PART + 1000);
        byte[] rest = bytes(500);
        resumed.write(rest);
        resumed.closeForCommit().commit();

        // then
        assertThat(endpoint.object("bucket/part-0")).isEqualTo(joined(part, tail, rest));
    }

    @Test
    void fileIsResumedOnceMoreFromTheSameCheckpoint() throws Exception {
        // given
        byte[] tail = bytes(1000);
        RecoverableFsDataOutputStream open = writer().open(file);
        open.write(tail);
        ResumeRecoverable checkpoint = open.persist();
        open.close();
        RecoverableFsDataOutputStream failing = writer().recover(restored(checkpoint));
        failing.write(bytes(PART));
        failing.write(bytes(300));
        failing.persist();
        failing.close();

        // when
        RecoverableFsDataOutputStream resumed = writer().recover(restored(checkpoint));
        byte[] rest = bytes(500);
        resumed.write(rest);
        resumed.closeForCommit().commit();

        // then
        assertThat(endpoint.object("bucket/part-0")).isEqualTo(joined(tail, rest));
    }

    private RecoverableWriter writer() throws Exception {
        return fileSystem.createRecoverableWriter();
    }

    /** The checkpoint after its way through the state of the sink. */
    private ResumeRecoverable restored(ResumeRecoverable checkpoint) throws Exception {
        SimpleVersionedSerializer<ResumeRecoverable> serializer =
                writer().getResumeRecoverableSerializer();
        return serializer.deserialize(serializer.getVersion(), serializer.serialize(checkpoint));
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] joined(byte[]... pieces) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] piece : pieces) {
            joined.writeBytes(piece);
        }
        return joined.toByteArray();
    }
}
