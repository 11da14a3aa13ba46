// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.faults;

import java.io.IOException;
import java.net.URI;
import java.util.SplittableRandom;
import org.apache.flink.core.fs.BlockLocation;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.RecoverableFsDataOutputStream;
import org.apache.flink.core.fs.RecoverableWriter;
import org.apache.flink.core.fs.local.LocalFileSystem;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * The local file system, slow and unreliable as an object store can be: with the scheme {@code
 * faulty}, a share of the calls waits or fails.
 */
public final class FaultyFileSystem extends FileSystem {

    static final String SCHEME = "faulty";

    private static final Object LOCK = new Object();
    private static SplittableRandom random = new SplittableRandom(0);
    private static int failuresPerMille;

    private final FileSystem local = LocalFileSystem.getSharedInstance();

    /** Sets how many of a thousand calls fail from now on; twice as many wait. */
    static void set(long seed, int failures) {
        synchronized (LOCK) {
            random = new SplittableRandom(seed);
            failuresPerMille = failures;
        }
    }

    private static void mayFail(String call) throws IOException {
        int roll;
        int failures;
        synchronized (LOCK) {
            roll = random.nextInt(1_000);
            failures = failuresPerMille;
        }
        if (roll < failures) {
            throw new IOException("The file system fails as it was told: " + call);
        }
        if (roll < 3 * failures) {
            try {
                Thread.sleep(roll % 50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    private static Path local(Path path) {
        return new Path("file:" + path.toUri().getPath());
    }

    private static Path faulty(Path path) {
        return new Path(SCHEME + ":" + path.toUri().getPath());
    }

    @Override
    public Path getWorkingDirectory() {
        return faulty(local.getWorkingDirectory());
    }

    @Override
    public Path getHomeDirectory() {
        return faulty(local.getHomeDirectory());
    }

    @Override
    public URI getUri() {
        return URI.create(SCHEME + ":///");
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
        mayFail("status");
        return new Status(local.getFileStatus(local(path)));
    }

    @Override
    public BlockLocation[] getFileBlockLocations(FileStatus file, long start, long length) {
        return new BlockLocation[0];
    }

    @Override
    public FSDataInputStream open(Path path, int bufferSize) throws IOException {
        return open(path);
    }

    @Override
    public FSDataInputStream open(Path path) throws IOException {
        mayFail("open");
        FSDataInputStream in = local.open(local(path));
        return new FSDataInputStream() {
            @Override
            public void seek(long position) throws IOException {
                in.seek(position);
            }

            @Override
            public long getPos() throws IOException {
                return in.getPos();
            }

            @Override
            public int read() throws IOException {
                mayFail("read");
                return in.read();
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                mayFail("read");
                // Short reads are allowed.
                return in.read(bytes, offset, length > 1_000 ? length / 2 : length);
            }

            @Override
            public void close() throws IOException {
                in.close();
            }
        };
    }

    @Override
    public FileStatus[] listStatus(Path path) throws IOException {
        mayFail("list");
        FileStatus[] found = local.listStatus(local(path));
        if (found == null) {
            return null;
        }
        FileStatus[] mapped = new FileStatus[found.length];
        for (int i = 0; i < found.length; i++) {
            mapped[i] = new Status(found[i]);
        }
        return mapped;
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
        return local.delete(local(path), recursive);
    }

    @Override
    public boolean mkdirs(Path path) throws IOException {
        return local.mkdirs(local(path));
    }

    @Override
    public FSDataOutputStream create(Path path, WriteMode mode) throws IOException {
        mayFail("create");
        return local.create(local(path), mode);
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
        return local.rename(local(from), local(to));
    }

    @Override
    public boolean isDistributedFS() {
        return true;
    }

    @Override
    public RecoverableWriter createRecoverableWriter() throws IOException {
        RecoverableWriter writer = local.createRecoverableWriter();
        return new RecoverableWriter() {
            @Override
            public RecoverableFsDataOutputStream open(Path path) throws IOException {
                mayFail("write");
                return writer.open(local(path));
            }

            @Override
            public RecoverableFsDataOutputStream recover(ResumeRecoverable resumable) {
                throw new UnsupportedOperationException("An open segment is never resumed");
            }

            @Override
            public boolean requiresCleanupOfRecoverableState() {
                return writer.requiresCleanupOfRecoverableState();
            }

            @Override
            public boolean cleanupRecoverableState(ResumeRecoverable resumable) throws IOException {
                return writer.cleanupRecoverableState(resumable);
            }

            @Override
            public RecoverableFsDataOutputStream.Committer recoverForCommit(
                    CommitRecoverable resumable) throws IOException {
                mayFail("commit");
                return writer.recoverForCommit(resumable);
            }

            @Override
            public SimpleVersionedSerializer<CommitRecoverable> getCommitRecoverableSerializer() {
                return writer.getCommitRecoverableSerializer();
            }

            @Override
            public SimpleVersionedSerializer<ResumeRecoverable> getResumeRecoverableSerializer() {
                return writer.getResumeRecoverableSerializer();
            }

            @Override
            public boolean supportsResume() {
                return false;
            }
        };
    }

    private record Status(FileStatus local) implements FileStatus {

        @Override
        public long getLen() {
            return local.getLen();
        }

        @Override
        public long getBlockSize() {
            return local.getBlockSize();
        }

        @Override
        public short getReplication() {
            return local.getReplication();
        }

        @Override
        public long getModificationTime() {
            return local.getModificationTime();
        }

        @Override
        public long getAccessTime() {
            return local.getAccessTime();
        }

        @Override
        public boolean isDir() {
            return local.isDir();
        }

        @Override
        public Path getPath() {
            return faulty(local.getPath());
        }
    }

    /** Makes the scheme known to Flink. */
    public static final class Factory implements FileSystemFactory {

        @Override
        public String getScheme() {
            return SCHEME;
        }

        @Override
        public FileSystem create(URI uri) {
            return new FaultyFileSystem();
        }
    }
}
