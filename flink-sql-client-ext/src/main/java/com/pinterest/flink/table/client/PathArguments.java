// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.table.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.table.client.SqlClientException;

/**
 * Arguments of the SQL client that name files. The client treats them as URIs, but opens them
 * without decoding, so that a path with a blank cannot be given in any form. For such a file, a
 * symbolic link with a plain path is created and deleted when the JVM ends.
 */
final class PathArguments {

    private static final Set<String> FILE_OPTIONS =
            Set.of("-i", "--init", "-f", "--file", "-j", "--jar");
    private static final Set<String> DIRECTORY_OPTIONS = Set.of("-l", "--library");

    /** A URI scheme; it has at least two letters, so that C: is none. */
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.~/:@!$&'()*+,;=-]*");
    private static final Pattern NOT_PLAIN_IN_A_NAME = Pattern.compile("[^A-Za-z0-9_.-]");

    private Path links;
    private int number;

    /** Returns the arguments, with links instead of the files that the client cannot open. */
    List<String> linkTo(List<String> arguments) throws IOException {
        List<String> result = new ArrayList<>();
        String option = "";
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals > 0 && takesPath(argument.substring(0, equals))) {
                option = argument.substring(0, equals);
                result.add(option);
                result.add(plain(option, argument.substring(equals + 1)));
                option = "";
            } else {
                result.add(takesPath(option) ? plain(option, argument) : argument);
                option = takesPath(option) ? "" : argument;
            }
        }
        return result;
    }

    private static boolean takesPath(String option) {
        return FILE_OPTIONS.contains(option) || DIRECTORY_OPTIONS.contains(option);
    }

    private String plain(String option, String value) throws IOException {
        boolean isDirectory = DIRECTORY_OPTIONS.contains(option);
        boolean isLocal = value.startsWith("file:") || !SCHEME.matcher(value).matches();
        if (!isLocal || (PLAIN.matcher(value).matches() && !isDirectory)) {
            return value;
        }
        Path path = path(value);
        if (isDirectory) {
            return directory(option, path);
        }
        if (Files.exists(path) && !Files.isDirectory(path)) {
            return link(path, links()).toString();
        }
        throw new SqlClientException("there is no file '" + path + "', which " + option + " names");
    }

    private static Path path(String value) {
        if (!value.startsWith("file:")) {
            return Path.of(value);
        }
        try {
            return Path.of(URI.create(value));
        } catch (IllegalArgumentException e) {
            // For example, the path contains a blank.
            return Path.of(value.substring("file:".length()).replaceFirst("^/*", "/"));
        }
    }

    /**
     * Returns a directory as the absolute URI that the client requires. The client cannot open jars
     * with special characters in it either.
     */
    private String directory(String option, Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new SqlClientException(
                    "there is no directory '" + directory + "', which " + option + " names");
        }
        Path absolute = directory.toAbsolutePath();
        List<Path> jars;
        try (Stream<Path> files = Files.list(absolute)) {
            jars =
                    files.filter(file -> file.toString().toLowerCase(Locale.ROOT).endsWith(".jar"))
                            .filter(Files::isRegularFile)
                            .sorted()
                            .collect(Collectors.toList());
        }
        if (isPlain(absolute) && jars.stream().allMatch(PathArguments::isPlain)) {
            return absolute.toUri().toString();
        }
        Path target = Files.createDirectory(links().resolve("library-" + number++));
        for (Path jar : jars) {
            link(jar, target);
        }
        return target.toUri().toString();
    }

    private static boolean isPlain(Path path) {
        return PLAIN.matcher(path.toString()).matches();
    }

    /** Returns a link to a file. It keeps the plain part of the file name. */
    private Path link(Path file, Path directory) throws IOException {
        String name = NOT_PLAIN_IN_A_NAME.matcher(file.getFileName().toString()).replaceAll("_");
        return Files.createSymbolicLink(
                directory.resolve(number++ + "-" + name), file.toAbsolutePath());
    }

    private Path links() throws IOException {
        if (links == null) {
            Path directory = Files.createTempDirectory("flink-sql-client-").toAbsolutePath();
            if (!isPlain(directory)) {
                Files.delete(directory);
                throw new SqlClientException(
                        "files with paths that are not valid URIs need a temporary directory with a"
                                + " path that is one, not '"
                                + directory.getParent()
                                + "': set -Djava.io.tmpdir in env.java.opts.client or JVM_ARGS");
            }
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
            links = directory;
        }
        return links;
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).collect(Collectors.toList())) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + directory, e);
        }
    }
}
