// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.jobs.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The file of a specification with those that it extends, and the jar that it names. */
final class SpecFiles {

    private static final Pattern EXTENDS =
            Pattern.compile(
                    "^extends:[ \\t]*[\"']?([^\"'#\\n]+?)[\"']?[ \\t]*(#.*)?$", Pattern.MULTILINE);
    private static final int MAX_DEPTH = 10;

    /** A file, with its text. */
    private record SpecFile(Path path, String text) {}

    /** Those that are extended first. */
    private final List<SpecFile> files;

    private SpecFiles(List<SpecFile> files) {
        this.files = files;
    }

    /** A specification that is in no file; what it names is relative to the working directory. */
    static SpecFiles ofText(String name, String text) {
        return new SpecFiles(List.of(new SpecFile(Path.of(name), text)));
    }

    static SpecFiles of(Path file) {
        List<SpecFile> files = new ArrayList<>();
        Path next = file;
        while (next != null) {
            Path path = next.normalize();
            if (files.size() == MAX_DEPTH
                    || files.stream().anyMatch(known -> known.path().equals(path))) {
                throw new CliException(
                        ExitCode.SPEC_SAYS_NO, file + " extends itself, or too many files");
            }
            String text = text(next);
            files.add(0, new SpecFile(path, text));
            Matcher matcher = EXTENDS.matcher(text);
            next = matcher.find() ? next.resolveSibling(matcher.group(1)) : null;
        }
        return new SpecFiles(files);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new CliException(ExitCode.USAGE, "cannot read " + file + ": " + e.getMessage());
        }
    }

    /** Adds the files to the body of a request. */
    void addTo(ObjectNode body) {
        ArrayNode array = body.putArray("files");
        for (SpecFile file : files) {
            array.addObject().put("name", file.path().toString()).put("text", file.text());
        }
    }

    /** The file of a jar that the specification names. */
    Path jar(String uri) {
        String path = uri.startsWith("file:") ? uri.replaceFirst("^file:/+", "/") : uri;
        Path jar = files.get(files.size() - 1).path().toAbsolutePath().resolveSibling(path);
        if (!Files.isRegularFile(jar)) {
            throw new CliException(ExitCode.SPEC_SAYS_NO, "there is no jar " + jar);
        }
        return jar;
    }

    static String sha256(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new CliException(ExitCode.USAGE, "cannot read " + file + ": " + e.getMessage());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
