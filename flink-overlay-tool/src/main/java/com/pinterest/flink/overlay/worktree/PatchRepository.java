// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.worktree;

import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.base.Trees;
import com.pinterest.flink.overlay.patch.Patch;
import com.pinterest.flink.overlay.patch.PatchText;
import com.pinterest.flink.overlay.patch.StrictPatcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A temporary git repository with the files of an upstream module that its series names: one commit
 * for a release, then one for each patch.
 *
 * <p>The commit of a patch has its subject and a line {@code Patch: <file name>}, which leads back
 * to the patch file.
 */
public final class PatchRepository {

    private static final String PATCH_LINE = "Patch: ";

    /** The file with the commit that HEAD was at when the tool last left the repository. */
    private static final String LEFT_AT = "left-at";

    private final Git git;

    private PatchRepository(Git git) {
        this.git = git;
    }

    /** Creates an empty repository; deletes anything that was there before. */
    public static PatchRepository create(Path directory) throws IOException {
        Trees.delete(directory);
        return new PatchRepository(Git.init(directory));
    }

    public static PatchRepository open(Path directory) throws IOException {
        return new PatchRepository(Git.open(directory));
    }

    public Git git() {
        return git;
    }

    public Path directory() {
        return git.directory();
    }

    /** Commits a release and tags it. Files that it lacks are deleted. */
    public void commitRelease(String version, Map<String, List<String>> files) throws IOException {
        for (String path : git.run("ls-files", "-z").split("\0", -1)) {
            if (!path.isEmpty()) {
                Files.delete(directory().resolve(path));
            }
        }
        for (Map.Entry<String, List<String>> file : files.entrySet()) {
            write(file.getKey(), file.getValue());
        }
        commitAll("Flink " + version);
        git.run("tag", version);
    }

    /** Applies a patch strictly and commits it. */
    public void commitPatch(Patch patch) throws IOException {
        for (Patch.FileDiff diff : patch.diffs()) {
            write(diff.path(), StrictPatcher.apply(patch, diff, lines(diff.path())));
        }
        String subject = patch.header().getOrDefault("Subject", patch.name());
        commitAll(subject + "\n\n" + PATCH_LINE + patch.name());
    }

    private void commitAll(String message) {
        git.run("add", "--all", "--force", ".");
        git.run("commit", "--quiet", "--allow-empty", "--no-verify", "--message", message);
    }

    public boolean has(String path) {
        return Files.isRegularFile(directory().resolve(path));
    }

    public List<String> lines(String path) throws IOException {
        return Files.readAllLines(directory().resolve(path));
    }

    private void write(String path, List<String> lines) throws IOException {
        Path file = directory().resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, String.join("\n", lines) + "\n");
    }

    /** Returns whether there are uncommitted changes. */
    public boolean hasUncommitted() {
        return !git.run("status", "--porcelain").isEmpty();
    }

    static boolean exists(Path directory) {
        return Files.isDirectory(directory.resolve(".git"));
    }

    /** Records that the repository contains no work of the user. */
    public void leave() throws IOException {
        Files.writeString(git.privateFile(LEFT_AT), head());
    }

    /** Returns whether the repository contains work that the tool has not taken over. */
    public boolean isDirty() throws IOException {
        Path leftAt = git.privateFile(LEFT_AT);
        return hasUncommitted()
                || isPicking()
                || !Files.isRegularFile(leftAt)
                || !Files.readString(leftAt).equals(head());
    }

    public boolean isPicking() {
        return Files.exists(directory().resolve(".git/CHERRY_PICK_HEAD"))
                || Files.exists(directory().resolve(".git/sequencer"));
    }

    String head() {
        return commit("HEAD");
    }

    String commit(String name) {
        return git.run("rev-parse", "--verify", "--quiet", name + "^{commit}").strip();
    }

    /** Returns the commits between two points by the file name of their patch, in their order. */
    public Map<String, String> patches(String from, String to) {
        Map<String, String> commits = new LinkedHashMap<>();
        // A record is a commit and its message, because neither can contain the separators.
        String log =
                git.run(
                        "log",
                        "--reverse",
                        "--first-parent",
                        "--format=%x1e%H%x1f%B",
                        from + ".." + to);
        for (String entry : log.split("\u001e", -1)) {
            if (entry.isBlank()) {
                continue;
            }
            String commit = entry.substring(0, entry.indexOf('\u001f'));
            String message = entry.substring(commit.length() + 1);
            String name =
                    message.lines()
                            .filter(line -> line.startsWith(PATCH_LINE))
                            .map(line -> line.substring(PATCH_LINE.length()).strip())
                            .findFirst()
                            .orElseThrow(() -> withoutPatch(commit, message));
            if (commits.put(name, commit) != null) {
                throw new OverlayException(
                        directory() + ": two commits for " + name + ", squash them");
            }
        }
        return commits;
    }

    private OverlayException withoutPatch(String commit, String message) {
        return new OverlayException(
                String.format(
                        "%s: the commit %s (%s) has no line '%s<file name>': squash it into the"
                                + " patch that it belongs to, or add the line for a new patch",
                        directory(),
                        commit.substring(0, 10),
                        message.lines().findFirst().orElse(""),
                        PATCH_LINE));
    }

    /** Returns the changes of a commit in the format of git. */
    String diff(String commit) {
        List<String> command = new ArrayList<>(List.of("diff"));
        command.addAll(PatchText.DIFF_OPTIONS);
        command.addAll(List.of(commit + "^", commit));
        return git.run(command.toArray(String[]::new));
    }
}
