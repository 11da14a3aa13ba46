// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.graft;

import com.pinterest.flink.overlay.base.Checksums;
import com.pinterest.flink.overlay.base.Trees;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.zip.Deflater;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/**
 * A writer of {@code .tgz} files with bytes that depend only on the names and contents of the
 * files: sorted entries, one time for all, fixed modes, no owner, no time in the gzip header.
 */
public final class Tarball {

    private static final int DIRECTORY_MODE = 0040755;
    private static final int SCRIPT_MODE = 0100755;
    private static final int FILE_MODE = 0100644;

    private Tarball() {}

    /**
     * Writes the tarball and, next to it, a {@code .sha512} file in the format of {@code
     * sha512sum}.
     *
     * @param tree the directory; its name becomes the top-level directory of the tarball
     */
    public static void write(Path tree, Path tarball, Instant time) throws IOException {
        Path root = tree.toAbsolutePath().normalize();
        GzipParameters gzip = new GzipParameters();
        gzip.setCompressionLevel(Deflater.BEST_SPEED);
        try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(tarball));
                OutputStream compressed = new GzipCompressorOutputStream(file, gzip);
                TarArchiveOutputStream tar = new TarArchiveOutputStream(compressed, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            try (var paths = Files.walk(root)) {
                for (Path path : paths.sorted().toList()) {
                    put(tar, root, path, time);
                }
            }
        }
        String name = tarball.getFileName().toString();
        Files.writeString(
                tarball.resolveSibling(name + ".sha512"),
                Checksums.of("SHA-512", tarball) + "  " + name + "\n");
    }

    private static void put(TarArchiveOutputStream tar, Path tree, Path path, Instant time)
            throws IOException {
        boolean directory = Files.isDirectory(path);
        String name = Trees.relative(tree.getParent(), path);
        TarArchiveEntry entry = new TarArchiveEntry(directory ? name + "/" : name);
        entry.setMode(directory ? DIRECTORY_MODE : isScript(tree, path) ? SCRIPT_MODE : FILE_MODE);
        entry.setLastModifiedTime(FileTime.from(time));
        entry.setIds(0, 0);
        entry.setNames("", "");
        entry.setSize(directory ? 0 : Files.size(path));
        tar.putArchiveEntry(entry);
        if (!directory) {
            Files.copy(path, tar);
        }
        tar.closeArchiveEntry();
    }

    private static boolean isScript(Path tree, Path path) {
        return path.startsWith(tree.resolve("bin")) && !path.toString().endsWith(".jar");
    }
}
