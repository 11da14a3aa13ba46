// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.patchctl;

import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.patch.PatchLint;
import com.pinterest.flink.overlay.patch.PatchSeries;
import com.pinterest.flink.overlay.patch.PatchSet;
import com.pinterest.flink.overlay.release.Rebase;
import com.pinterest.flink.overlay.source.MavenArtifacts;
import com.pinterest.flink.overlay.worktree.PatchProject;
import com.pinterest.flink.overlay.worktree.WorkTrees;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The command line for maintainers of the patches; see {@link #USAGE}. */
public final class Patchctl {

    private static final String USAGE =
            """
            Usage: ci/patchctl VERB [ARGUMENT]...

              status                        lists the series, their share of the limit, the work trees
              lint                          checks all series against the rules of patches/README.md,
                                            and commit subjects against CONTRIBUTING.md
              apply [MODULE]... [--force]   creates a git work tree for each module,
                                            target/patchctl/MODULE, on the branch 'series':
                                            upstream's files that the series names, then one commit
                                            per patch
              edit PATCH [--force]          does the same for the module of a patch, with HEAD at
                                            that patch: edit the files, then run 'rebuild'
              rebuild                       moves the edits into the patch that 'edit' named, puts
                                            the later patches on top, and writes the commits of all
                                            work trees to patches/. Headers stay. A commit whose
                                            message has a line 'Patch: NAME.patch' becomes a new
                                            patch with the message as its header.
              rebuild --check               fails, and shows the difference, if a patch is not
                                            exactly what its export would be; changes neither
                                            patches/ nor the work trees
              rebase VERSION                moves all series to another release with a three-way
                                            merge per patch, compiles the result as a trial, prints
                                            the new digests, and writes the patches that differ: in
                                            place for a release of the pinned line, otherwise as a
                                            series in patches/MODULE/MAJOR.MINOR, which names equal
                                            patches of the base line as ../NAME.patch. Writes
                                            nothing while anything is left to resolve.
                --continue                  continues after you have resolved what it stopped at
                --in-place                  writes in place for another line too: moves the base line
                --force                     discards an unfinished rebase and starts over

            States of a patch after rebase: clean (applies at its exact lines), three-way (merged),
            CONFLICT file:line, GONE file (the release lacks it), EMPTY (the release contains the
            change), pending (after a conflict), resolved, dropped; of a module: ABSENT (not
            published). In a resource, @upstream.version@ stands for the number of the release.

            In a work tree, --force discards uncommitted and unexported work. docs/upgrading.md
            describes the whole procedure.
            Exit code: 0 on success, 1 on failure, 2 on invalid arguments.
            """;

    private final PatchProject project;
    private final CommitSubjects commits;
    private final PrintStream out;

    Patchctl(PatchProject project, CommitSubjects commits, PrintStream out) {
        this.project = project;
        this.commits = commits;
        this.out = out;
    }

    /** Runs one verb; the first argument is the root of the repository. */
    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments[0]).toAbsolutePath().normalize();
        PatchProject project = new PatchProject(root, new MavenArtifacts(root, "mvn"));
        List<String> rest = Arrays.asList(arguments).subList(1, arguments.length);
        int status;
        try {
            CommitSubjects commits = new CommitSubjects(root, CommitSubjects.BASE);
            status = new Patchctl(project, commits, System.out).run(rest);
        } catch (OverlayException e) {
            System.out.flush();
            System.err.println("patchctl: " + e.getMessage());
            status = 1;
        }
        System.exit(status);
    }

    /** Runs one verb and returns the exit code. */
    int run(List<String> arguments) throws IOException {
        if (arguments.isEmpty()) {
            out.print(USAGE);
            return 2;
        }
        if (arguments.contains("--help") || arguments.contains("-h")) {
            out.print(USAGE);
            return 0;
        }
        String verb = arguments.get(0);
        Call call = new Call(verb, arguments.subList(1, arguments.size()));
        WorkTrees trees = new WorkTrees(project, out);
        switch (verb) {
            case "status" -> {
                if (call.allows(0, 0)) {
                    return status(trees);
                }
            }
            case "lint" -> {
                if (call.allows(0, 0)) {
                    return lint();
                }
            }
            case "apply" -> {
                if (call.allows(0, Integer.MAX_VALUE, "--force")) {
                    trees.apply(project.modules(call.words), call.has("--force"));
                    return 0;
                }
            }
            case "edit" -> {
                if (call.allows(1, 1, "--force")) {
                    trees.edit(call.words.get(0), call.has("--force"));
                    return 0;
                }
            }
            case "rebuild" -> {
                if (call.allows(0, 0, "--check")) {
                    if (call.has("--check")) {
                        trees.check();
                    } else {
                        trees.rebuild();
                    }
                    return 0;
                }
            }
            case "rebase" -> {
                if (call.allows(1, 1, "--continue", "--in-place", "--force")) {
                    boolean done =
                            new Rebase(project, out, call.words.get(0))
                                    .run(
                                            call.has("--continue"),
                                            call.has("--in-place"),
                                            call.has("--force"));
                    return done ? 0 : 1;
                }
            }
            default -> out.println("patchctl: unknown verb " + verb);
        }
        out.println("See ci/patchctl --help.");
        return 2;
    }

    /** The words and options after a verb. */
    private final class Call {
        private final String verb;
        private final List<String> words = new ArrayList<>();
        private final Set<String> options = new TreeSet<>();

        Call(String verb, List<String> arguments) {
            this.verb = verb;
            for (String argument : arguments) {
                (argument.startsWith("-") ? options : words).add(argument);
            }
        }

        boolean has(String option) {
            return options.contains(option);
        }

        /**
         * Returns whether the number of words is allowed and all options are known; otherwise
         * prints the problem.
         */
        boolean allows(int fewest, int most, String... known) {
            for (String option : options) {
                if (!Arrays.asList(known).contains(option)) {
                    out.println("patchctl: " + verb + " has no option " + option);
                    return false;
                }
            }
            if (words.size() < fewest) {
                out.println("patchctl: " + verb + " needs an argument");
                return false;
            }
            if (words.size() > most) {
                out.println("patchctl: unexpected argument for " + verb + ": " + words.get(most));
                return false;
            }
            return true;
        }
    }

    private int status(WorkTrees trees) throws IOException {
        String version = project.pins().version();
        String row = "%-28s %-9s %7s %6s %6s  %s%n";
        out.printf(row, "module", "version", "patches", "files", "lines", "work tree");
        int patches = 0;
        int files = 0;
        int lines = 0;
        for (PatchSeries series : project.patchSet().all()) {
            int touched = series.byFile().size();
            out.printf(
                    row,
                    series.module(),
                    version,
                    series.patches().size(),
                    touched,
                    series.changedLines(),
                    trees.state(series.module()));
            patches += series.patches().size();
            files += touched;
            lines += series.changedLines();
        }
        out.printf(
                row,
                "all",
                version,
                patches,
                files,
                lines,
                String.format(
                        "%d %% of %d lines",
                        100 * lines / PatchLint.MAX_LINES_IN_ALL, PatchLint.MAX_LINES_IN_ALL));
        return 0;
    }

    private int lint() throws IOException {
        List<PatchSeries> all = project.patchSet().all();
        List<String> findings = new ArrayList<>(PatchLint.findings(all));
        for (String line : PatchSet.lines(project.patches())) {
            findings.addAll(PatchLint.findings(new PatchSet(project.patches(), line)));
        }
        CommitSubjects.Result subjects = commits.check();
        findings.addAll(subjects.findings());
        findings.forEach(out::println);
        if (!findings.isEmpty()) {
            return 1;
        }
        out.printf(
                "lint: ok, %d patches, %d lines%n",
                all.stream().mapToInt(series -> series.patches().size()).sum(),
                all.stream().mapToInt(PatchSeries::changedLines).sum());
        out.println("lint: " + subjects.summary());
        return 0;
    }
}
