// SPDX-License-Identifier: Apache-2.0
package com.pinterest.flink.overlay.release;

import com.pinterest.flink.overlay.base.Checksums;
import com.pinterest.flink.overlay.base.OverlayException;
import com.pinterest.flink.overlay.base.Trees;
import com.pinterest.flink.overlay.patch.Patch;
import com.pinterest.flink.overlay.patch.PatchSeries;
import com.pinterest.flink.overlay.patch.PatchSet;
import com.pinterest.flink.overlay.patch.Pins;
import com.pinterest.flink.overlay.release.ModuleRebase.Kind;
import com.pinterest.flink.overlay.release.ModuleRebase.Outcome;
import com.pinterest.flink.overlay.source.OverlayModule;
import com.pinterest.flink.overlay.source.PatchedSourceCompiler;
import com.pinterest.flink.overlay.source.SourceOverlay;
import com.pinterest.flink.overlay.worktree.PatchProject;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.regex.Pattern;

/**
 * The move of all series from the pinned release to another one. It picks the patches, compiles the
 * result as a trial, and writes the patch files only when nothing is left to resolve.
 */
public final class Rebase {

    private static final Pattern VERSION =
            Pattern.compile("(\\d+\\.\\d+)(\\.\\d+)?(-[A-Za-z0-9]+)*");

    private final PatchProject project;
    private final PrintStream out;
    private final String from;
    private final String to;
    private final Path directory;

    public Rebase(PatchProject project, PrintStream out, String to) throws IOException {
        if (!VERSION.matcher(to).matches()) {
            throw new OverlayException("not a version of Apache Flink, such as 2.2.0: " + to);
        }
        this.project = project;
        this.out = out;
        this.from = project.pins().version();
        this.to = to;
        this.directory = project.scratch().resolve("rebase").resolve(to);
        if (to.equals(from)) {
            throw new OverlayException("the patches are already made for " + to);
        }
    }

    /** Returns the MAJOR.MINOR of a version. */
    static String line(String version) {
        var matcher = VERSION.matcher(version);
        return matcher.matches() ? matcher.group(1) : version;
    }

    private Path seriesHash() {
        return directory.resolve("series-hash");
    }

    private Path moduleDirectory(String module) {
        return directory.resolve(module);
    }

    /**
     * Starts or continues a rebase.
     *
     * @param resume whether to continue an earlier run
     * @param inPlace whether to overwrite the patches of the pinned release even for another line
     * @param force whether to discard an unfinished earlier run
     * @return whether everything is resolved, compiled and written
     */
    public boolean run(boolean resume, boolean inPlace, boolean force) throws IOException {
        List<String> modules = PatchSeries.modules(project.patches());
        requireStart(modules, resume, force);
        Path oldUpstream = project.pinnedUpstream(modules);
        Path newUpstream = project.upstream(to);
        out.println("fetching the artifacts of " + to);
        SortedMap<String, String> absent = project.artifacts().fetch(to, modules, newUpstream);
        if (absent.size() == modules.size()) {
            throw new OverlayException(
                    "nothing of version "
                            + to
                            + " is published: "
                            + String.join(", ", absent.values()));
        }
        if (!resume) {
            Trees.delete(directory);
            Files.createDirectories(directory);
            Files.writeString(seriesHash(), project.patchSet().hash());
        }
        List<ModuleRebase> rebases = new ArrayList<>();
        for (String module : modules) {
            if (absent.containsKey(module)) {
                out.printf("%s: ABSENT, %s is not published%n", module, absent.get(module));
                continue;
            }
            PatchSeries series = project.patchSet().series(module);
            ModuleRebase rebase =
                    resume && ModuleRebase.exists(moduleDirectory(module))
                            ? ModuleRebase.resume(moduleDirectory(module), series, from, to)
                            : ModuleRebase.begin(
                                    moduleDirectory(module),
                                    series,
                                    from,
                                    oldUpstream,
                                    to,
                                    newUpstream);
            for (Outcome outcome : rebase.outcomes()) {
                out.printf("%s: %s: %s%n", module, outcome.patch(), outcome);
            }
            rebases.add(rebase);
        }
        boolean resolved = explainOpen(rebases);
        boolean compiled = resolved && compile(rebases, List.copyOf(absent.keySet()));
        if (compiled) {
            boolean moves = inPlace || line(to).equals(line(from));
            write(rebases, moves);
            printPins(rebases, newUpstream, PatchSet.pinsFile(moves ? "" : line(to)));
        }
        out.println(summary(rebases, absent, resolved, compiled));
        return compiled;
    }

    private void requireStart(List<String> modules, boolean resume, boolean force)
            throws IOException {
        if (resume) {
            if (!Files.isRegularFile(seriesHash())) {
                throw new OverlayException(
                        "no rebase to " + to + " is in progress: run it without --continue");
            }
            if (!Files.readString(seriesHash()).equals(project.patchSet().hash())) {
                throw new OverlayException(
                        "patches/ changed since the rebase to "
                                + to
                                + " began: start over with --force");
            }
            return;
        }
        for (String module : modules) {
            if (!force && ModuleRebase.isDirty(moduleDirectory(module))) {
                throw new OverlayException(
                        moduleDirectory(module)
                                + " contains conflicts or your work on them: add --continue to continue,"
                                + " or --force to discard it and start over");
            }
        }
    }

    /** Prints how to resolve what is open; returns whether nothing is. */
    private boolean explainOpen(List<ModuleRebase> rebases) throws IOException {
        boolean resolved = true;
        for (ModuleRebase rebase : rebases) {
            for (Outcome outcome : rebase.outcomes()) {
                if (outcome.kind() == Kind.CONFLICT || outcome.kind() == Kind.GONE) {
                    resolved = false;
                    out.printf("To do in %s (%s):%n", rebase.directory(), outcome.patch());
                    out.println(
                            outcome.kind() == Kind.CONFLICT
                                    ? "  edit the file until no conflict marker is left; or 'git"
                                            + " cherry-pick --skip' drops the patch"
                                    : "  'git cherry-pick --skip' drops the patch; write it again"
                                            + " where its code went");
                }
            }
        }
        if (!resolved) {
            out.printf("Then: ci/patchctl rebase %s --continue%n", to);
        }
        return resolved;
    }

    private boolean compile(List<ModuleRebase> rebases, List<String> absent) throws IOException {
        List<OverlayModule> overlays = OverlayModule.in(project.root());
        String dependencies =
                project.artifacts()
                        .classPath(to, overlays, absent, directory.resolve("class-path"));
        StringBuilder classPath = new StringBuilder();
        List<Path> sourcePath = new ArrayList<>();
        Map<Path, List<Patch>> touched = new LinkedHashMap<>();
        Pins pins = project.pins();
        Path sources = directory.resolve("sources");
        Trees.delete(sources);
        for (ModuleRebase rebase : rebases) {
            String module = rebase.series().module();
            classPath.append(SourceOverlay.binaryJar(project.upstream(to), module));
            classPath.append(File.pathSeparatorChar);
            Path moduleSources = Files.createDirectories(sources.resolve(module));
            sourcePath.add(moduleSources);
            List<Patch> rebased = new ArrayList<>();
            rebase.export()
                    .forEach(
                            (name, text) ->
                                    rebased.add(Patch.parse(Path.of(name), text.lines().toList())));
            PatchSeries series = new PatchSeries(module, rebased);
            for (Map.Entry<String, List<String>> file : rebase.patchedFiles().entrySet()) {
                List<Patch> patches = series.byFile().get(file.getKey());
                if (SourceOverlay.isSource(file.getKey()) && patches != null) {
                    Path written = moduleSources.resolve(file.getKey());
                    Files.createDirectories(written.getParent());
                    Map<String, String> relocations = pins.relocations(module);
                    Files.write(
                            written,
                            file.getValue().stream()
                                    .map(line -> SourceOverlay.relocateImport(line, relocations))
                                    .toList());
                    touched.put(written, patches);
                }
            }
        }
        overlays.stream()
                .map(OverlayModule::sources)
                .filter(Files::isDirectory)
                .forEach(sourcePath::add);
        try {
            Path scalaClasses = directory.resolve("scala-classes");
            Trees.delete(scalaClasses);
            Files.createDirectories(scalaClasses);
            PatchedSourceCompiler compiler =
                    new PatchedSourceCompiler(classPath + dependencies, sourcePath, scalaClasses);
            compiler.compileScala(touched, scalaClasses);
            compiler.check(touched);
        } catch (OverlayException e) {
            out.println(e.getMessage());
            out.println(
                    "Fix it in the work trees below "
                            + directory
                            + ", in the commit of the patch (git commit --amend, git rebase -i),");
            out.printf("then: ci/patchctl rebase %s --continue%n", to);
            return false;
        }
        out.printf("compile: ok, %d patched sources against %s%n", touched.size(), to);
        return true;
    }

    private void write(List<ModuleRebase> rebases, boolean inPlace) throws IOException {
        for (ModuleRebase rebase : rebases) {
            String module = rebase.series().module();
            Map<String, String> texts = rebase.export();
            if (inPlace) {
                writeInPlace(module, texts);
                continue;
            }
            Path variant = new PatchSet(project.patches(), line(to)).variant(module);
            boolean same = texts.size() == rebase.series().patches().size();
            for (Patch patch : rebase.series().patches()) {
                same &= Files.readString(patch.file()).equals(texts.get(patch.name()));
            }
            if (!same) {
                print(project.writeLine(module, line(to), texts));
            } else if (Files.isDirectory(variant)) {
                Trees.delete(variant);
                out.println(
                        "deleted "
                                + project.root().relativize(variant)
                                + ", now equal to that of the base line");
            }
        }
        Files.writeString(seriesHash(), project.patchSet().hash());
    }

    /**
     * Writes the patches in place. Other lines keep the old text of the patches that they shared
     * with the base line.
     */
    private void writeInPlace(String module, Map<String, String> texts) throws IOException {
        SortedMap<String, Map<String, String>> lines = project.lines(module);
        print(project.writeBaseLine(module, texts));
        for (Map.Entry<String, Map<String, String>> line : lines.entrySet()) {
            print(project.writeLine(module, line.getKey(), line.getValue()));
        }
    }

    private void print(List<Path> changed) {
        changed.forEach(file -> out.println(project.describe(file)));
    }

    private void printPins(List<ModuleRebase> rebases, Path upstream, String file)
            throws IOException {
        out.println("# for patches/" + file + ":");
        out.println("version = " + to);
        for (ModuleRebase rebase : rebases) {
            String module = rebase.series().module();
            out.printf(
                    "%s.jar.sha256 = %s%n",
                    module, Checksums.of("SHA-256", SourceOverlay.binaryJar(upstream, module)));
            out.printf(
                    "%s.sources.sha256 = %s%n",
                    module, Checksums.of("SHA-256", SourceOverlay.sourcesJar(upstream, module)));
        }
    }

    private String summary(
            List<ModuleRebase> rebases,
            SortedMap<String, String> absent,
            boolean resolved,
            boolean compiled)
            throws IOException {
        Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
        for (ModuleRebase rebase : rebases) {
            rebase.outcomes().forEach(outcome -> counts.merge(outcome.kind(), 1, Integer::sum));
        }
        List<String> parts = new ArrayList<>();
        counts.forEach((kind, count) -> parts.add(count + " " + kind));
        if (!absent.isEmpty()) {
            parts.add(
                    absent.size()
                            + " module(s) ABSENT and left as they are: "
                            + String.join(", ", absent.keySet()));
        }
        String verdict =
                compiled ? "ok" : resolved ? "FAILED, does not compile" : "FAILED, not resolved";
        return "rebase " + from + " -> " + to + ": " + verdict + "; " + String.join(", ", parts);
    }
}
