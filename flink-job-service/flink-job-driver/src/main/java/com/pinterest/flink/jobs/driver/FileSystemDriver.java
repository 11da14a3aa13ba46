// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.driver;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.UnsupportedFileSystemSchemeException;
import org.apache.flink.core.plugin.PluginUtils;

/**
 * Flink's file systems for the job service, which has no class of Flink: a process that is asked by
 * its standard input and answers on its standard output, until the input ends.
 *
 * <p>A request is a line of fields, separated by a space: a number, a command, and its arguments in
 * Base64. The answer begins with the same number and one of OK, MISSING (no such file), UNSUPPORTED
 * (no such file system) and ERROR; the fields that follow are in Base64, too. Requests are answered
 * in any order.
 *
 * <table>
 * <caption>Commands</caption>
 * <tr><td>LIST directory</td><td>OK and, for each entry, {@code d} or {@code f}, the time of its
 * last change in ms, and its name, as one field</td></tr>
 * <tr><td>READ file bytes</td><td>OK and at most that many bytes of its beginning</td></tr>
 * <tr><td>WRITE file bytes</td><td>replaces the file; makes its directory</td></tr>
 * <tr><td>DELETE path</td><td>with all that is in it</td></tr>
 * </table>
 */
public final class FileSystemDriver {

    /** A file system that hangs must not keep others from answering. */
    private static final int THREADS = 8;

    private final PrintStream answers;

    FileSystemDriver(PrintStream answers) {
        this.answers = answers;
    }

    /**
     * Runs until the standard input ends.
     *
     * @param arguments the directory of Flink's configuration
     */
    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        // What a library prints is no answer.
        System.setOut(System.err);
        Configuration configuration = GlobalConfiguration.loadConfiguration(arguments[0]);
        FileSystem.initialize(
                configuration, PluginUtils.createPluginManagerFromRootFolder(configuration));
        new FileSystemDriver(answers).serve(System.in);
        // Threads of file systems may be no daemons, or hang.
        Runtime.getRuntime().halt(0);
    }

    /** Answers requests until there are no more; does not wait for the last answers. */
    void serve(InputStream requests) throws IOException {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            BufferedReader lines = new BufferedReader(new InputStreamReader(requests, UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String request = line;
                threads.execute(() -> answer(request));
            }
        } finally {
            threads.shutdown();
        }
    }

    private void answer(String request) {
        String[] fields = request.split(" ", -1);
        String answer;
        try {
            answer = String.join(" ", answer(fields));
        } catch (FileNotFoundException e) {
            answer = "MISSING";
        } catch (UnsupportedFileSystemSchemeException e) {
            answer = "UNSUPPORTED " + encode(e.getMessage().getBytes(UTF_8));
        } catch (Throwable e) {
            // Also errors: of a class that is missing, for example.
            answer = "ERROR " + encode(e.toString().getBytes(UTF_8));
        }
        synchronized (answers) {
            answers.println(fields[0] + " " + answer);
            answers.flush();
        }
    }

    private static List<String> answer(String[] fields) throws IOException {
        List<String> answer = new ArrayList<>();
        answer.add("OK");
        Path path = new Path(text(fields, 2));
        FileSystem files = path.getFileSystem();
        switch (fields[1]) {
            case "LIST":
                for (FileStatus status : list(files, path)) {
                    String entry =
                            (status.isDir() ? "d " : "f ")
                                    + status.getModificationTime()
                                    + " "
                                    + status.getPath().getName();
                    answer.add(encode(entry.getBytes(UTF_8)));
                }
                break;
            case "READ":
                try (FSDataInputStream in = files.open(path)) {
                    answer.add(encode(in.readNBytes(Integer.parseInt(text(fields, 3)))));
                }
                break;
            case "WRITE":
                files.mkdirs(path.getParent());
                try (FSDataOutputStream out = files.create(path, FileSystem.WriteMode.OVERWRITE)) {
                    out.write(decode(fields[3]));
                }
                break;
            case "DELETE":
                if (!files.delete(path, true) && files.exists(path)) {
                    throw new IOException(path + " cannot be deleted");
                }
                break;
            default:
                throw new IOException("unknown command " + fields[1]);
        }
        return answer;
    }

    private static FileStatus[] list(FileSystem files, Path directory) throws IOException {
        FileStatus[] found = files.listStatus(directory);
        // What a missing directory gives depends on the file system.
        if (found == null) {
            throw new FileNotFoundException(directory.toString());
        }
        return found;
    }

    private static String text(String[] fields, int index) throws IOException {
        if (index >= fields.length) {
            throw new IOException("a field is missing");
        }
        return new String(decode(fields[index]), UTF_8);
    }

    private static byte[] decode(String field) {
        return Base64.getDecoder().decode(field);
    }

    private static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
