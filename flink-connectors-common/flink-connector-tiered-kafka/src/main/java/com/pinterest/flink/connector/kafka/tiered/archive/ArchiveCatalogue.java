// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.connector.kafka.tiered.archive;

import static java.util.Objects.requireNonNull;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.annotation.Nullable;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * Finds the segments of an archive by listing directories: one listing describes a partition, and
 * no segment is opened for it.
 *
 * <p>Safe for use by several threads. Nothing is cached.
 */
public final class ArchiveCatalogue {

    private static final int MAX_LISTINGS = 100;

    @Nullable private final Path root;

    private ArchiveCatalogue() {
        this.root = null;
    }

    /**
     * @param root the directory of the archive, on any file system that Flink knows
     */
    public ArchiveCatalogue(Path root) {
        this.root = requireNonNull(root, "root");
    }

    /** Returns the catalogue of an archive that does not exist. */
    public static ArchiveCatalogue empty() {
        return new ArchiveCatalogue();
    }

    /** Returns the directory of the archive; {@code null} for one that does not exist. */
    @Nullable
    public Path root() {
        return root;
    }

    /**
     * Lists the topics in the archive.
     *
     * @throws IOException if the directory cannot be listed
     */
    public Set<String> topics() throws IOException {
        Set<String> topics = new TreeSet<>();
        if (root != null) {
            for (FileStatus status : list(root)) {
                String name = status.getPath().getName();
                if (status.isDir() && !topicIds(name).isEmpty()) {
                    topics.add(name);
                }
            }
        }
        return topics;
    }

    /**
     * Lists the partitions of a topic in the archive.
     *
     * @throws IOException if the directory cannot be listed
     */
    public Set<Integer> partitions(String topic, Uuid topicId) throws IOException {
        Set<Integer> partitions = new TreeSet<>();
        if (root != null) {
            for (FileStatus status : list(SegmentName.topicIdDirectory(root, topic, topicId))) {
                String name = status.getPath().getName();
                if (status.isDir() && name.matches("0|[1-9]\\d{0,8}")) {
                    partitions.add(Integer.valueOf(name));
                }
            }
        }
        return partitions;
    }

    /**
     * Lists the ids under which a topic is archived. More than one means that the topic was deleted
     * and created again.
     *
     * @return no ids if the topic is not in the archive
     * @throws IOException if the directory cannot be listed
     */
    public Set<Uuid> topicIds(String topic) throws IOException {
        Set<Uuid> ids = new TreeSet<>();
        if (root == null) {
            return ids;
        }
        for (FileStatus status : list(SegmentName.topicDirectory(root, topic))) {
            if (status.isDir()) {
                try {
                    ids.add(Uuid.fromString(status.getPath().getName()));
                } catch (IllegalArgumentException noTopicId) {
                    // Not one of the archive's directories.
                }
            }
        }
        return ids;
    }

    /**
     * Lists the segments of a partition.
     *
     * @return without segments if the partition is not in the archive
     * @throws IOException if the directory cannot be listed
     */
    public PartitionCatalogue partition(TopicPartition partition, Uuid topicId) throws IOException {
        List<SegmentFile> segments = new ArrayList<>();
        if (root == null) {
            return new PartitionCatalogue(segments);
        }
        for (FileStatus status : list(SegmentName.directory(root, partition, topicId))) {
            if (!status.isDir()) {
                SegmentName.parse(partition, topicId, status.getPath().getName())
                        .map(name -> new SegmentFile(name, status.getPath(), status.getLen()))
                        .ifPresent(segments::add);
            }
        }
        return new PartitionCatalogue(segments);
    }

    private static FileStatus[] list(Path directory) throws IOException {
        FileSystem fileSystem = directory.getFileSystem();
        for (int attempt = 1; ; attempt++) {
            FileStatus[] found;
            try {
                found = fileSystem.listStatus(directory);
            } catch (FileNotFoundException e) {
                // The local file system also throws this when a file of the directory is renamed or
                // deleted while it lists, as by a commit.
                if (!fileSystem.exists(directory)) {
                    return new FileStatus[0];
                }
                if (attempt == MAX_LISTINGS) {
                    throw e;
                }
                continue;
            }
            // What a missing directory gives depends on the file system.
            return found == null ? new FileStatus[0] : found;
        }
    }
}
