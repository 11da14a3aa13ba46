// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.release;

import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.patch.Patch;
import com.pinterest.flink.overlay.patch.PatchSeries;
import com.pinterest.flink.overlay.patch.StrictPatcher;
import com.pinterest.flink.overlay.worktree.Git;
import com.pinterest.flink.overlay.worktree.PatchProject;
import com.pinterest.flink.overlay.worktree.PatchRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rebase of the patches of one module from the pinned release to another one, in its own
 * repository. Both releases are tagged commits. The series is on the old one (branch {@code
 * series}), and its commits are cherry-picked onto the new one (branch {@code rebased}) by a
 * three-way merge, one at a time. It stops at the first conflict.
 *
 * <p>The outcome of each patch is stored in a file inside the git directory, so that a later run
 * can continue.
 */
final class ModuleRebase {

    private static final String OUTCOMES = "outcomes";

    /** The possible outcomes for a patch. */
    enum Kind {
        CLEAN("clean"),
        THREE_WAY("three-way"),
        RESOLVED("resolved"),
        EMPTY("EMPTY"),
        DROPPED("dropped"),
        CONFLICT("CONFLICT"),
        GONE("GONE"),
        PENDING("pending");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        boolean isOpen() {
            return this == CONFLICT || this == GONE || this == PENDING;
        }

        @Override
        public String toString() {
            return label;
        }
    }

    /**
     * The outcome for a patch.
     *
     * @param detail the file and line of a conflict, or the file that is gone, or empty
     */
    record Outcome(String patch, Kind kind, String detail) {
        @Override
        public String toString() {
            return detail.isEmpty() ? kind.toString() : kind + " " + detail;
        }
    }

    private final PatchSeries series;
    private final String from;
    private final String to;
    private final PatchRepository repository;

    private ModuleRebase(PatchSeries series, String from, String to, PatchRepository repository) {
        this.series = series;
        this.from = from;
        this.to = to;
        this.repository = repository;
    }

    /**
     * Starts a rebase: makes the repository and picks patches up to the first conflict.
     *
     * @param oldUpstream the artifacts of the pinned release {@code from}
     * @param newUpstream the artifacts of the release {@code to}
     */
    static ModuleRebase begin(
            Path directory,
            PatchSeries series,
            String from,
            Path oldUpstream,
            String to,
            Path newUpstream)
            throws IOException {
        PatchRepository repository = PatchRepository.create(directory);
        ReleaseMark mark = new ReleaseMark(from);
        repository.commitRelease(from, mark.hide(PatchProject.files(series, oldUpstream)));
        Git git = repository.git();
        git.run("switch", "--quiet", "--create", "series");
        for (Patch patch : series.patches()) {
            repository.commitPatch(mark.hide(patch));
        }
        git.run("switch", "--quiet", "--create", "rebased", from);
        repository.commitRelease(
                to, new ReleaseMark(to).hide(PatchProject.files(series, newUpstream)));
        ModuleRebase rebase = new ModuleRebase(series, from, to, repository);
        rebase.pick(new ArrayList<>());
        return rebase;
    }

    /** Continues an earlier run after the user has resolved what stopped it. */
    static ModuleRebase resume(Path directory, PatchSeries series, String from, String to)
            throws IOException {
        ModuleRebase rebase = new ModuleRebase(series, from, to, PatchRepository.open(directory));
        List<Outcome> outcomes = new ArrayList<>(rebase.outcomes());
        outcomes.removeIf(outcome -> outcome.kind() == Kind.PENDING);
        int last = outcomes.size() - 1;
        if (last >= 0 && outcomes.get(last).kind().isOpen()) {
            outcomes.set(last, rebase.resolve(outcomes.get(last)));
        } else if (rebase.repository.hasUncommitted()) {
            throw new OverlayException(
                    rebase.directory()
                            + " contains uncommitted edits: take them into the commit of"
                            + " their patch ('git commit --amend' for the last one)");
        }
        rebase.pick(outcomes);
        return rebase;
    }

    /** Returns whether there is a repository of an earlier run, completed or stopped. */
    static boolean exists(Path directory) {
        return Files.isRegularFile(directory.resolve(".git/patchctl-" + OUTCOMES));
    }

    /**
     * Returns whether there is a repository of an earlier run that waits for the user or has
     * unsaved work.
     */
    static boolean isDirty(Path directory) throws IOException {
        return exists(directory) && PatchRepository.open(directory).isDirty();
    }

    Path directory() {
        return repository.directory();
    }

    PatchSeries series() {
        return series;
    }

    List<Outcome> outcomes() throws IOException {
        return read(repository.git().privateFile(OUTCOMES));
    }

    /** Returns the new texts of the remaining patches, by file name. */
    Map<String, String> export() throws IOException {
        ReleaseMark mark = new ReleaseMark(to);
        Map<String, String> texts = new LinkedHashMap<>();
        PatchProject.export(repository, series, to)
                .forEach((name, text) -> texts.put(name, mark.reveal(text)));
        return texts;
    }

    /** Returns the patched files. */
    Map<String, List<String>> patchedFiles() throws IOException {
        Map<String, List<String>> files = new LinkedHashMap<>();
        for (String path : series.byFile().keySet()) {
            if (repository.has(path)) {
                files.put(path, repository.lines(path));
            }
        }
        return files;
    }

    private static List<Outcome> read(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(line -> line.split("\t", -1))
                .map(field -> new Outcome(field[0], Kind.valueOf(field[1]), field[2]))
                .toList();
    }

    private void pick(List<Outcome> outcomes) throws IOException {
        Map<String, String> commits = repository.patches(from, "series");
        for (Patch patch : series.patches()) {
            if (outcomes.stream().noneMatch(outcome -> outcome.patch().equals(patch.name()))) {
                boolean stopped = outcomes.stream().anyMatch(outcome -> outcome.kind().isOpen());
                outcomes.add(
                        stopped
                                ? new Outcome(patch.name(), Kind.PENDING, "")
                                : pick(patch, commits.get(patch.name())));
            }
        }
        Files.write(
                repository.git().privateFile(OUTCOMES),
                outcomes.stream()
                        .map(
                                outcome ->
                                        String.join(
                                                "\t",
                                                outcome.patch(),
                                                outcome.kind().name(),
                                                outcome.detail()))
                        .toList());
        repository.leave();
    }

    private Outcome pick(Patch patch, String commit) throws IOException {
        Map<String, List<String>> strict = appliedStrictly(new ReleaseMark(from).hide(patch));
        Git.Result result = repository.git().attempt("cherry-pick", commit);
        if (result.status() == 0) {
            boolean same = !strict.isEmpty();
            for (Map.Entry<String, List<String>> file : strict.entrySet()) {
                same &= repository.lines(file.getKey()).equals(file.getValue());
            }
            return new Outcome(patch.name(), same ? Kind.CLEAN : Kind.THREE_WAY, "");
        }
        Set<String> unmerged = unmerged();
        if (unmerged.isEmpty()) {
            if (repository.hasUncommitted()) {
                throw repository.git().failure(result, "cherry-pick");
            }
            repository.git().run("cherry-pick", "--skip");
            return new Outcome(patch.name(), Kind.EMPTY, "");
        }
        for (String path : unmerged) {
            if (isGone(path)) {
                return new Outcome(patch.name(), Kind.GONE, path);
            }
        }
        String path = unmerged.iterator().next();
        return new Outcome(patch.name(), Kind.CONFLICT, path + ":" + lineOf("<<<<<<< ", path));
    }

    /**
     * Returns the files of the patch as a strict application makes them, or empty if the patch does
     * not apply strictly.
     */
    private Map<String, List<String>> appliedStrictly(Patch patch) throws IOException {
        Map<String, List<String>> files = new LinkedHashMap<>();
        for (Patch.FileDiff diff : patch.diffs()) {
            if (!repository.has(diff.path())) {
                return Map.of();
            }
            try {
                files.put(
                        diff.path(),
                        StrictPatcher.apply(patch, diff, repository.lines(diff.path())));
            } catch (OverlayException notStrictly) {
                // Whether it does is the question.
                return Map.of();
            }
        }
        return files;
    }

    private boolean isGone(String path) {
        return repository.git().attempt("cat-file", "-e", to + ":" + path).status() != 0;
    }

    private Set<String> unmerged() {
        Set<String> paths = new LinkedHashSet<>();
        repository
                .git()
                .run("-c", "core.quotePath=false", "ls-files", "--unmerged")
                .lines()
                .forEach(line -> paths.add(line.substring(line.indexOf('\t') + 1)));
        return paths;
    }

    /**
     * Returns the number of the first line with this prefix, starting at 1, or 0 if there is none.
     */
    private int lineOf(String start, String path) throws IOException {
        List<String> lines = repository.has(path) ? repository.lines(path) : List.of();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(start)) {
                return i + 1;
            }
        }
        return 0;
    }

    private Outcome resolve(Outcome open) throws IOException {
        Git git = repository.git();
        if (repository.isPicking()) {
            for (String path : series.byFile().keySet()) {
                requireResolved(open, path);
            }
            git.run("add", "--all", ".");
            boolean nothing = git.attempt("diff", "--cached", "--quiet").status() == 0;
            git.run("cherry-pick", nothing ? "--skip" : "--continue");
        } else if (repository.hasUncommitted()) {
            throw new OverlayException(directory() + " contains uncommitted edits: commit them");
        }
        boolean kept = repository.patches(to, "HEAD").containsKey(open.patch());
        return new Outcome(open.patch(), kept ? Kind.RESOLVED : Kind.DROPPED, "");
    }

    private void requireResolved(Outcome open, String path) throws IOException {
        for (String marker : List.of("<<<<<<< ", "||||||| ", ">>>>>>> ")) {
            int line = lineOf(marker, path);
            if (line > 0) {
                throw new OverlayException(
                        String.format(
                                "%s: %s:%d still has a conflict marker",
                                open.patch(), directory().resolve(path), line));
            }
        }
        if (isGone(path) && repository.has(path)) {
            throw new OverlayException(
                    String.format(
                            "%s: %s has no %s. In %s either 'git cherry-pick --skip' to drop the"
                                    + " patch, or 'git rm' the file to keep the rest of it",
                            open.patch(), to, path, directory()));
        }
    }
}
