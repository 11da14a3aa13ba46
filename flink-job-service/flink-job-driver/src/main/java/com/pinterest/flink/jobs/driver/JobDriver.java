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
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.UnsupportedFileSystemSchemeException;
import org.apache.flink.core.plugin.PluginUtils;
import org.apache.flink.runtime.security.SecurityConfiguration;
import org.apache.flink.runtime.security.SecurityUtils;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.apache.flink.util.ExceptionUtils;

/**
 * What the job service needs Flink for, since it has no class of Flink: a process that is asked by
 * its standard input and answers on its standard output, until the input ends.
 *
 * <p>A request is a line of fields, separated by a space: a number, a command, and its arguments in
 * Base64. The answer begins with the same number and one of OK, MISSING (there is no such thing),
 * UNSUPPORTED (no such file system) and ERROR; the fields that follow are in Base64, too. Requests
 * are answered in any order. {@link FileSystemCommands} and {@link YarnCommands} describe the
 * commands, in addition to CONFIG with a key, whose answer is its value in Flink's configuration,
 * and VERSION.
 */
public final class JobDriver {

    private final Configuration configuration;
    private final PrintStream answers;

    JobDriver(Configuration configuration, PrintStream answers) {
        this.configuration = configuration;
        this.answers = answers;
    }

    /**
     * Runs until the standard input ends.
     *
     * @param arguments the directory of Flink's configuration
     */
    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        // What a library prints is no answer.
        System.setOut(System.err);
        Configuration configuration = GlobalConfiguration.loadConfiguration(arguments[0]);
        FileSystem.initialize(
                configuration, PluginUtils.createPluginManagerFromRootFolder(configuration));
        // Logs in with the keytab, if there is one.
        SecurityUtils.install(new SecurityConfiguration(configuration));
        new JobDriver(configuration, answers).serve(System.in);
        // Threads of libraries may be no daemons, or hang; a hook would kill an application that is
        // being deployed.
        Runtime.getRuntime().halt(0);
    }

    /** Answers requests until there are no more; does not wait for the last answers. */
    void serve(InputStream requests) throws IOException {
        // One that hangs must not keep others from being answered.
        ExecutorService threads = Executors.newCachedThreadPool();
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
        StringBuilder answer = new StringBuilder(fields[0]);
        try {
            List<byte[]> arguments = new ArrayList<>();
            for (int i = 2; i < fields.length; i++) {
                arguments.add(Base64.getDecoder().decode(fields[i]));
            }
            List<byte[]> values = answer(fields[1], new Arguments(arguments));
            answer.append(" OK");
            for (byte[] value : values) {
                answer.append(' ').append(Base64.getEncoder().encodeToString(value));
            }
        } catch (FileNotFoundException e) {
            answer.append(" MISSING");
        } catch (UnsupportedFileSystemSchemeException e) {
            answer.append(" UNSUPPORTED ").append(encode(e.getMessage()));
        } catch (Throwable e) {
            // Also errors: of a class that is missing, for example.
            answer.append(" ERROR ").append(encode(ExceptionUtils.stringifyException(e)));
        }
        synchronized (answers) {
            answers.println(answer);
            answers.flush();
        }
    }

    private List<byte[]> answer(String command, Arguments arguments) throws Exception {
        switch (command) {
            case "CONFIG" -> {
                String value = configuration.toMap().get(arguments.text(0));
                if (value == null) {
                    throw new FileNotFoundException(arguments.text(0));
                }
                return List.of(value.getBytes(UTF_8));
            }
            case "VERSION" -> {
                return List.of(EnvironmentInformation.getVersion().getBytes(UTF_8));
            }
            case "LIST", "READ", "WRITE", "COPY", "DELETE" -> {
                return FileSystemCommands.answer(command, arguments);
            }
            // Loaded here only: most class paths have no Hadoop.
            case "APPLICATIONS", "QUEUE", "DEPLOY", "KILL" -> {
                return YarnCommands.answer(command, arguments, configuration);
            }
            default -> throw new IOException("unknown command " + command);
        }
    }

    private static String encode(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    /** The arguments of a request. */
    record Arguments(List<byte[]> values) {

        byte[] bytes(int index) throws IOException {
            if (index >= values.size()) {
                throw new IOException("a field is missing");
            }
            return values.get(index);
        }

        String text(int index) throws IOException {
            return new String(bytes(index), UTF_8);
        }

        int number(int index) throws IOException {
            return Integer.parseInt(text(index));
        }

        int count() {
            return values.size();
        }
    }
}
