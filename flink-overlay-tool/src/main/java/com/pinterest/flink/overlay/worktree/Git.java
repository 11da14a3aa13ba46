// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.worktree;

import com.pinterest.flink.overlay.base.OverlayException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The {@code git} program, run on one repository and isolated from an enclosing one.
 *
 * <p>In the tool's own repositories, the configuration of the user and the machine is not read, and
 * identity and dates are fixed, so that equal contents produce equal commits.
 */
public final class Git {

    private static final String NAME = "patchctl";
    private static final String MAIL = "patchctl@localhost";
    private static final String DATE = "2000-01-01T00:00:00Z";

    /** Also applies to the commands that the user types in a repository. */
    private static final String CONFIG =
            """
            [user]
            \tname = %s
            \temail = %s
            [core]
            \tautocrlf = false
            \tattributesFile = /dev/null
            [commit]
            \tgpgSign = false
            [maintenance]
            \tauto = false
            [merge]
            \trenames = false
            \tconflictStyle = diff3
            """
                    .formatted(NAME, MAIL);

    private final Path directory;
    private final boolean own;

    /** The result of a run of git. */
    public record Result(int status, String output, String errors) {}

    private Git(Path directory, boolean own) {
        this.directory = directory;
        this.own = own;
    }

    /** Creates an empty repository in a directory that has none. */
    public static Git init(Path directory) throws IOException {
        Files.createDirectories(directory);
        Git git = new Git(directory.toRealPath(), true);
        git.run("init", "--quiet", "--template=", "--initial-branch=upstream");
        Files.writeString(git.directory.resolve(".git/config"), CONFIG, StandardOpenOption.APPEND);
        return git;
    }

    /** Opens a repository that {@link #init} created. */
    public static Git open(Path directory) throws IOException {
        if (!Files.isDirectory(directory.resolve(".git"))) {
            throw new OverlayException(directory + " is not a git work tree");
        }
        return new Git(directory.toRealPath(), true);
    }

    /**
     * Opens a work tree of the user, for reading. The user's configuration applies, because git may
     * need it to trust the directory.
     */
    public static Git ofUser(Path directory) {
        return new Git(directory.toAbsolutePath(), false);
    }

    public Path directory() {
        return directory;
    }

    /** Returns the path of a file of ours in the git directory. */
    public Path privateFile(String name) {
        return directory.resolve(".git").resolve("patchctl-" + name);
    }

    /** Runs git and returns its output. Fails with git's own message. */
    public String run(String... arguments) {
        Result result = attempt(arguments);
        if (result.status() != 0) {
            throw failure(result, arguments);
        }
        return result.output();
    }

    public OverlayException failure(Result result, String... arguments) {
        return new OverlayException(
                String.format(
                        "git %s in %s failed with %d:%n%s%s",
                        String.join(" ", arguments),
                        directory,
                        result.status(),
                        result.output(),
                        result.errors()));
    }

    public Result attempt(String... arguments) {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("GIT_"));
        environment.put("GIT_CEILING_DIRECTORIES", directory.getParent().toString());
        environment.put("GIT_EDITOR", "true");
        environment.put("LC_ALL", "C");
        if (own) {
            environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
            environment.put("GIT_CONFIG_NOSYSTEM", "1");
            for (String role : List.of("AUTHOR", "COMMITTER")) {
                environment.put("GIT_" + role + "_NAME", NAME);
                environment.put("GIT_" + role + "_EMAIL", MAIL);
                environment.put("GIT_" + role + "_DATE", DATE);
            }
        }
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new OverlayException("git does not start, is it installed? " + e.getMessage(), e);
        }
        try (InputStream output = process.getInputStream();
                InputStream errors = process.getErrorStream()) {
            process.getOutputStream().close();
            // The output of git to standard error fits into the pipe.
            String printed = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            String complaints = new String(errors.readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), printed, complaints);
        } catch (IOException e) {
            throw new OverlayException("cannot talk to git: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OverlayException("interrupted while git ran", e);
        }
    }
}
