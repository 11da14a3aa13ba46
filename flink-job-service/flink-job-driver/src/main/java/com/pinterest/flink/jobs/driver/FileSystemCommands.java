// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.driver;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.pinterest.flink.jobs.driver.JobDriver.Arguments;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * Commands on Flink's file systems.
 *
 * <table>
 * <caption>Commands</caption>
 * <tr><td>LIST directory</td><td>for each entry, {@code d} or {@code f}, the time of its last
 * change in ms, and its name, as one field</td></tr>
 * <tr><td>READ file bytes</td><td>at most that many bytes of its beginning</td></tr>
 * <tr><td>WRITE file bytes</td><td>replaces the file; makes its directory</td></tr>
 * <tr><td>COPY file target bytes</td><td>writes at most that many bytes of it to a file of this
 * host</td></tr>
 * <tr><td>DELETE path</td><td>with all that is in it</td></tr>
 * </table>
 */
final class FileSystemCommands {

    private FileSystemCommands() {}

    static List<byte[]> answer(String command, Arguments arguments) throws IOException {
        List<byte[]> answer = new ArrayList<>();
        Path path = new Path(arguments.text(0));
        FileSystem files = path.getFileSystem();
        switch (command) {
            case "LIST" -> {
                for (FileStatus status : list(files, path)) {
                    String entry =
                            (status.isDir() ? "d " : "f ")
                                    + status.getModificationTime()
                                    + " "
                                    + status.getPath().getName();
                    answer.add(entry.getBytes(UTF_8));
                }
            }
            case "READ" -> {
                try (FSDataInputStream in = files.open(path)) {
                    answer.add(in.readNBytes(arguments.number(1)));
                }
            }
            case "WRITE" -> {
                files.mkdirs(path.getParent());
                try (FSDataOutputStream out = files.create(path, FileSystem.WriteMode.OVERWRITE)) {
                    out.write(arguments.bytes(1));
                }
            }
            case "COPY" -> {
                try (FSDataInputStream in = files.open(path);
                        OutputStream out =
                                Files.newOutputStream(java.nio.file.Path.of(arguments.text(1)))) {
                    copy(in, out, Long.parseLong(arguments.text(2)));
                }
            }
            default -> {
                if (!files.delete(path, true) && files.exists(path)) {
                    throw new IOException(path + " cannot be deleted");
                }
            }
        }
        return answer;
    }

    private static void copy(InputStream in, OutputStream out, long bytes) throws IOException {
        byte[] buffer = new byte[1 << 16];
        for (long left = bytes; left > 0; ) {
            int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (read < 0) {
                return;
            }
            out.write(buffer, 0, read);
            left -= read;
        }
    }

    private static FileStatus[] list(FileSystem files, Path directory) throws IOException {
        FileStatus[] found = files.listStatus(directory);
        // What a missing directory gives depends on the file system.
        if (found == null) {
            throw new FileNotFoundException(directory.toString());
        }
        return found;
    }
}
