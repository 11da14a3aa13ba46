// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.worktree;

import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.base.Trees;
import com.pinterest.flink.overlay.patch.Patch;
import com.pinterest.flink.overlay.patch.PatchSeries;
import com.pinterest.flink.overlay.patch.PatchSet;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Work trees of the pinned release with the series applied, for reading and editing, and the export
 * of their commits to the patch files.
 *
 * <p>The branch {@code series} contains all patches. To edit one, HEAD is detached at its commit.
 * The export moves the edits into this commit and puts the later patches on top again.
 */
public final class WorkTrees {

    private static final String SERIES = "series";

    /** The file with the fingerprint of the series that a work tree was made from. */
    private static final String MADE_OF = "made-of";

    private final PatchProject project;
    private final PrintStream out;

    public WorkTrees(PatchProject project, PrintStream out) {
        this.project = project;
        this.out = out;
    }

    /** The state of a module's work tree. */
    enum State {
        NONE("-"),
        CLEAN("clean"),
        DIRTY("dirty");

        private final String label;

        State(String label) {
            this.label = label;
        }

        @Override
        public String toString() {
            return label;
        }
    }

    private Path directory(String module) {
        return project.scratch().resolve(module);
    }

    public State state(String module) throws IOException {
        if (!PatchRepository.exists(directory(module))) {
            return State.NONE;
        }
        return PatchRepository.open(directory(module)).isDirty() ? State.DIRTY : State.CLEAN;
    }

    /**
     * Creates the work trees, replacing existing ones. Replaces one with work in it only with
     * force.
     */
    public void apply(List<String> modules, boolean force) throws IOException {
        for (String module : modules) {
            if (!force && state(module) == State.DIRTY) {
                throw new OverlayException(
                        directory(module)
                                + " contains work that is not in patches/: run 'ci/patchctl rebuild'"
                                + " to keep it, or add --force to discard it");
            }
        }
        Path upstream = project.pinnedUpstream(modules);
        for (String module : modules) {
            PatchSeries series = project.patchSet().series(module);
            make(directory(module), series, upstream);
            out.println(directory(module) + ": " + series.patches().size() + " patches");
        }
    }

    private PatchRepository make(Path directory, PatchSeries series, Path upstream)
            throws IOException {
        Map<String, List<String>> files = PatchProject.files(series, upstream);
        for (Map.Entry<String, List<Patch>> named : series.byFile().entrySet()) {
            if (!files.containsKey(named.getKey())) {
                throw new OverlayException(
                        named.getValue().get(0).name()
                                + ": upstream's "
                                + series.module()
                                + " does not contain "
                                + named.getKey());
            }
        }
        PatchRepository repository = PatchRepository.create(directory);
        repository.commitRelease(project.pins().version(), files);
        repository.git().run("switch", "--quiet", "--create", SERIES);
        for (Patch patch : series.patches()) {
            repository.commitPatch(patch);
        }
        leave(repository, series);
        return repository;
    }

    private static void leave(PatchRepository repository, PatchSeries series) throws IOException {
        repository.leave();
        Files.writeString(repository.git().privateFile(MADE_OF), PatchProject.fingerprint(series));
    }

    /** Creates the work tree of a patch's module and checks out the commit of the patch. */
    public void edit(String patch, boolean force) throws IOException {
        String name = Path.of(patch).getFileName().toString();
        String fileName = name.endsWith(".patch") ? name : name + ".patch";
        String module = moduleOf(fileName);
        apply(List.of(module), force);
        PatchRepository repository = PatchRepository.open(directory(module));
        String commit = repository.patches(project.pins().version(), SERIES).get(fileName);
        repository.git().run("switch", "--quiet", "--detach", commit);
        repository.leave();
        out.println(
                "HEAD is at "
                        + fileName
                        + "; the patches after it come back with 'rebuild'. Next:");
        out.println("  1. edit the files in " + directory(module));
        out.println("  2. ci/patchctl rebuild     takes the edits into the patch");
    }

    private String moduleOf(String patch) throws IOException {
        List<String> modules = new ArrayList<>();
        for (PatchSeries series : project.patchSet().all()) {
            if (series.patches().stream().anyMatch(each -> each.name().equals(patch))) {
                modules.add(series.module());
            }
        }
        if (modules.size() != 1) {
            throw new OverlayException(
                    modules.isEmpty()
                            ? "no series has a patch " + patch
                            : patch + " is in several series: " + modules);
        }
        return modules.get(0);
    }

    /** Exports the commits of the work trees to the patch files. */
    public void rebuild() throws IOException {
        boolean any = false;
        int written = 0;
        for (String module : PatchSeries.modules(project.patches())) {
            if (state(module) != State.NONE) {
                any = true;
                written += rebuild(module);
            }
        }
        if (!any) {
            throw new OverlayException(
                    "there is no work tree: make one with 'ci/patchctl apply' or 'edit'");
        }
        out.println(
                written == 0
                        ? "rebuild: ok, nothing changed"
                        : "rebuild: ok, " + written + " files written");
    }

    private int rebuild(String module) throws IOException {
        PatchSeries series = project.patchSet().series(module);
        PatchRepository repository = PatchRepository.open(directory(module));
        if (!Files.readString(repository.git().privateFile(MADE_OF))
                .equals(PatchProject.fingerprint(series))) {
            throw new OverlayException(
                    "patches/"
                            + module
                            + " changed after its work tree was made: save what you did in "
                            + directory(module)
                            + ", then run 'ci/patchctl apply --force "
                            + module
                            + "'");
        }
        completeEdit(repository);
        Map<String, String> texts =
                PatchProject.export(repository, series, project.pins().version());
        for (Patch patch : series.patches()) {
            if (!texts.containsKey(patch.name())) {
                throw new OverlayException(
                        directory(module)
                                + " has no commit for "
                                + patch.name()
                                + ": to drop a patch, take it out of patches/"
                                + module
                                + "/series and delete its file");
            }
        }
        List<Path> changed = project.writeBaseLine(module, texts);
        for (Path file : changed) {
            out.println(project.describe(file));
            printSharing(module, file);
        }
        int count = changed.size();
        // Patches that have become equal are shared, as the rules require.
        for (Map.Entry<String, Map<String, String>> line : project.lines(module).entrySet()) {
            List<Path> more = project.writeLine(module, line.getKey(), line.getValue());
            more.forEach(file -> out.println(project.describe(file)));
            count += more.size();
        }
        leave(repository, project.patchSet().series(module));
        return count;
    }

    /** Prints the other lines that share a changed patch of the base line. */
    private void printSharing(String module, Path patch) throws IOException {
        for (String line : PatchSeries.modules(project.patches().resolve(module))) {
            for (Patch each : new PatchSet(project.patches(), line).series(module).patches()) {
                if (each.file().equals(patch)) {
                    out.printf(
                            "  line %s shares it: see that it applies there, too; where it does"
                                    + " not, 'ci/patchctl rebase' to the line's release gives it"
                                    + " one of its own%n",
                            line);
                }
            }
        }
    }

    /** Moves edits into the commit that HEAD is detached at, and puts the later patches on top. */
    private void completeEdit(PatchRepository repository) throws IOException {
        Path directory = repository.directory();
        if (repository.isPicking()) {
            throw new OverlayException(
                    "a later patch does not fit on your edit: in "
                            + directory
                            + " resolve the conflicts, 'git add' the files, 'git cherry-pick"
                            + " --continue', then rebuild again");
        }
        Git git = repository.git();
        boolean detached = git.attempt("symbolic-ref", "--quiet", "HEAD").status() != 0;
        if (repository.hasUncommitted()) {
            if (!detached) {
                throw new OverlayException(
                        directory
                                + " contains uncommitted edits: 'git commit --amend' takes"
                                + " them into the last patch; for another one run 'git stash',"
                                + " 'ci/patchctl edit PATCH' and 'git stash pop'");
            }
            git.run("commit", "--quiet", "--all", "--amend", "--no-edit", "--no-verify");
        }
        if (!detached) {
            return;
        }
        String base = project.pins().version();
        Map<String, String> present = repository.patches(base, "HEAD");
        Map<String, String> later = new LinkedHashMap<>(repository.patches(base, SERIES));
        later.keySet().removeAll(present.keySet());
        if (!later.isEmpty()) {
            List<String> command = new ArrayList<>(List.of("cherry-pick"));
            command.addAll(later.values());
            Git.Result result = git.attempt(command.toArray(String[]::new));
            if (repository.isPicking()) {
                completeEdit(repository);
            } else if (result.status() != 0) {
                throw git.failure(result, "cherry-pick");
            }
        }
        git.run("switch", "--quiet", "--force-create", SERIES);
    }

    /** Fails, and prints the difference, if a patch file differs from its own export. */
    public void check() throws IOException {
        Path scratch = project.scratch().resolve("check");
        Path committed = scratch.resolve("committed");
        Path exported = scratch.resolve("exported");
        List<String> modules = PatchSeries.modules(project.patches());
        Path upstream = project.pinnedUpstream(modules);
        int patches = 0;
        List<String> differing = new ArrayList<>();
        StringBuilder differences = new StringBuilder();
        Trees.delete(scratch);
        for (String module : modules) {
            PatchSeries series = project.patchSet().series(module);
            PatchRepository repository =
                    make(scratch.resolve("tree").resolve(module), series, upstream);
            Map<String, String> texts =
                    PatchProject.export(repository, series, project.pins().version());
            for (Patch patch : series.patches()) {
                patches++;
                String before = Files.readString(patch.file());
                String after = texts.get(patch.name());
                if (before.equals(after)) {
                    continue;
                }
                differing.add(module + "/" + patch.name());
                for (Path side : List.of(committed, exported)) {
                    Path file = side.resolve(patch.name());
                    Files.createDirectories(side);
                    Files.writeString(file, side.equals(committed) ? before : after);
                }
                differences.append(
                        repository
                                .git()
                                .attempt(
                                        "diff",
                                        "--no-index",
                                        "--no-color",
                                        committed.resolve(patch.name()).toString(),
                                        exported.resolve(patch.name()).toString())
                                .output());
            }
        }
        Trees.delete(scratch);
        if (!differing.isEmpty()) {
            out.print(differences);
            throw new OverlayException(
                    "not in canonical form, run 'ci/patchctl apply' and 'ci/patchctl rebuild': "
                            + String.join(", ", differing));
        }
        out.println("rebuild: ok, " + patches + " patches are in canonical form");
    }
}
