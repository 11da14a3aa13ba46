// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.dist.scripts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a fake program wrote down when a script called it. */
final class Call {

    private final long pid;
    private final List<String> arguments;
    private final Map<String, String> environment;
    private final String descriptors;

    private Call(
            long pid, List<String> arguments, Map<String, String> environment, String descriptors) {
        this.pid = pid;
        this.arguments = List.copyOf(arguments);
        this.environment = Map.copyOf(environment);
        this.descriptors = descriptors;
    }

    static Call read(Path record) {
        Map<String, String> environment =
                fields(record.resolve("environment")).stream()
                        .map(line -> line.split("=", 2))
                        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        String name = record.getFileName().toString();
        return new Call(
                Long.parseLong(name.substring(name.lastIndexOf('.') + 1)),
                fields(record.resolve("arguments")),
                environment,
                text(record.resolve("descriptors")));
    }

    private static List<String> fields(Path file) {
        String text = text(file);
        List<String> fields = Arrays.asList(text.split("\0", -1));
        return fields.subList(0, fields.size() - 1);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return pid + ": " + arguments;
    }

    long pid() {
        return pid;
    }

    List<String> arguments() {
        return arguments;
    }

    Map<String, String> environment() {
        return environment;
    }

    /** The open files, as a long listing. */
    String descriptors() {
        return descriptors;
    }

    /** The options of the JVM: all before the class path. */
    List<String> jvmOptions() {
        return arguments.subList(0, arguments.indexOf("-classpath"));
    }

    String classPath() {
        return arguments.get(arguments.indexOf("-classpath") + 1);
    }

    String mainClass() {
        return arguments.get(arguments.indexOf("-classpath") + 2);
    }

    List<String> programArguments() {
        return arguments.subList(arguments.indexOf("-classpath") + 3, arguments.size());
    }
}
